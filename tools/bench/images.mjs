#!/usr/bin/env node
// @ts-check
// With nothing to do: what devenv takes to know that, beside `docker buildx bake` with everything in its cache. The same
// images (a file each, on nothing), in one run, in turn.
//
//   node tools/bench/images.mjs            COUNTS="4 50" RUNS=5
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { median, ms, requireHappened, secondsOf } from './measure.mjs'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const COUNTS = (process.env.COUNTS ?? '4 50').split(' ').map(Number)
const RUNS = Number(process.env.RUNS ?? 5)
const room = mkdtempSync(join(tmpdir(), 'devenv-bench-images-'))
const registry = `devenv-bench-registry-${process.pid}`

/** @param {string} file @param {string} text */
const write = (file, text) => {
  mkdirSync(join(room, file, '..'), { recursive: true })
  writeFileSync(join(room, file), text)
}
/** @param {[string, ...string[]]} argv @param {NodeJS.ProcessEnv} [env] */
const run = ([program, ...words], env = {}) =>
  execFileSync(program, words, { cwd: room, env: { ...process.env, ...env }, encoding: 'utf8', stdio: 'pipe' }).trim()
/** @param {string[]} words */
const git = (...words) => run(['git', '-C', 'service', '-c', 'user.name=A', '-c', 'user.email=a@example.com', ...words])

const DOCKERFILE = 'FROM scratch AS dev\nCOPY input /input\nENTRYPOINT ["/opt/devenv/bin/entrypoint"]\n'

/** A service with `count` releases, and a package that publishes them. @param {number} count @param {string} host */
function lay(count, host) {
  rmSync(join(room, 'service'), { recursive: true, force: true })
  mkdirSync(join(room, 'service'))
  git('init', '--quiet')
  /** @type {Record<string, { ref: string, commit: string }>} */
  const releases = {}
  for (let at = 1; at <= count; at++) {
    write('service/input', `${at}\n`)
    git('add', '--all')
    git('commit', '--quiet', '--message', String(at))
    releases[`bench.${at}`] = { ref: `refs/heads/${at}`, commit: git('rev-parse', 'HEAD') }
  }
  write('package/package.json', JSON.stringify({ name: '@devenv/bench', version: '1.0.0' }))
  write('package/devenv-lock.json', JSON.stringify({ images: {}, releases }))
  write('package/Dockerfile', DOCKERFILE)
  write('package/Dockerfile.dockerignore', '*\n!input\n')
  write('package/image/supervisor/web.conf', '[program:web]\ncommand=/opt/devenv/bin/program web -- true\n')
  const declared = Object.entries(releases).map(([name, { ref }]) => `    ${name}: ${ref}`)
  write(
    'package/compose.yaml',
    `x-devenv:
  primary: bench
  recognised-by: [input]
  repository: file://${join(room, 'service')}
  releases:
${declared.join('\n')}
services:
  bench:
    image: devenv/bench
    build: { context: "\${DEVENV_CHECKOUT:-.}", dockerfile: "\${DEVENV_PACKAGE:-.}/Dockerfile", target: dev }
    working_dir: /app
    volumes: ["\${DEVENV_CHECKOUT:-.}:/app"]
    healthcheck: { test: [CMD, "true"], start_period: 1s, start_interval: 200ms }
`,
  )
  const targets = Array.from({ length: count }, (_, at) => {
    write(`bake/${at}/input`, `${at + 1}\n`)
    return [
      `t${at}`,
      { context: `bake/${at}`, dockerfile: '../../package/Dockerfile', tags: [`${host}/devenv/bench-bake:${at}`] },
    ]
  })
  write(
    'bake.json',
    JSON.stringify({
      group: { default: { targets: targets.map(([name]) => name) } },
      target: Object.fromEntries(targets),
    }),
  )
}

/**
 * A piece of work, and what shows that it was done.
 * @typedef {{ what: string, work: () => string, done: (printed: string) => boolean | Promise<boolean> }} Job
 */

/** @param {Job} job */
async function timed({ what, work, done }) {
  let printed = ''
  const seconds = await secondsOf(() => {
    printed = work()
  })
  requireHappened(await done(printed), what, printed)
  return seconds
}

/** @param {number} count @param {Job} ours @param {Job} theirs */
async function compare(count, ours, theirs) {
  const pairs = []
  for (let run = 0; run < RUNS; run++) pairs.push([await timed(ours), await timed(theirs)])
  const ratio = median(pairs.map(([a = 1, b = 0]) => b / a))
  const [our, their] = [0, 1].map((at) => ms(median(pairs.map((pair) => pair[at] ?? 0))))
  console.log(
    `${ratio.toFixed(1).padStart(6)}× faster, ${count} images: ${ours.what} (${our}) than ${theirs.what} (${their})`,
  )
}

try {
  const image = `${process.env.DEVENV_MIRROR ?? 'docker.io'}/library/registry:2`
  run(['docker', 'run', '--detach', '--name', registry, '--publish', '127.0.0.1::5000', image])
  const host = `localhost:${/:(\d+)$/m.exec(run(['docker', 'port', registry, '5000/tcp']))?.[1]}`
  const env = { DEVENV_REGISTRY: host, NODE_EXTRA_CA_CERTS: '' }
  /** @param {string[]} words */
  const devenv = (...words) =>
    run(
      [
        process.execPath,
        join(ROOT, 'packages/core/bin/devenv.js'),
        '--package',
        'package',
        '--checkout',
        'service',
        ...words,
      ],
      env,
    )
  for (const count of COUNTS) {
    lay(count, host)
    /** @param {string} output */
    const bake = (output) => run(['docker', 'buildx', 'bake', '--builder=default', '--file', 'bake.json', output])
    /** @param {string} name */
    const isHere = (name) => run(['docker', 'images', '--quiet', name]).split('\n').filter(Boolean).length >= count
    /** @param {string} name */
    const isThere = async (name) => {
      const { tags } = await (await fetch(`http://${host}/v2/${name}/tags/list`)).json()
      return tags.length >= count
    }
    const [have, load, publish, push] = /** @type {[Job, Job, Job, Job]} */ ([
      {
        what: 'devenv image --release all',
        work: () => devenv('image', '--release', 'all'),
        done: (printed) => printed.split('\n').length === count && isHere(`${host}/devenv/bench`),
      },
      {
        what: 'docker buildx bake --load',
        work: () => bake('--load'),
        done: () => isHere(`${host}/devenv/bench-bake`),
      },
      {
        what: 'devenv publish',
        work: () => devenv('publish', '--unreleased'),
        done: () => isThere('devenv/bench'),
      },
      {
        what: 'docker buildx bake --push',
        work: () => bake('--push'),
        done: () => isThere('devenv/bench-bake'),
      },
    ])
    for (const job of [publish, have, load, push]) await timed(job)
    await compare(count, have, load)
    await compare(count, publish, push)
  }
} finally {
  execFileSync('docker', ['rm', '--force', '--volumes', registry], { stdio: 'ignore' })
  const names = run(['docker', 'images', '--format', '{{.Repository}}:{{.Tag}}']).split('\n')
  const ours = names.filter((name) => /^localhost:\d+\/devenv\/bench(-bake)?:/.test(name))
  if (ours.length > 0) execFileSync('docker', ['image', 'rm', '--force', ...ours], { stdio: 'ignore' })
  rmSync(room, { recursive: true, force: true })
}
