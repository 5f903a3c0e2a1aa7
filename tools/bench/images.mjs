#!/usr/bin/env node
// @ts-check
// With nothing to do: what devenv takes to know that, beside `docker buildx bake` with everything in its cache. The same
// images (a file each, on nothing), in one run, in turn.
//
//   node tools/bench/images.mjs            COUNTS="4 50" RUNS=5
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { $ as shell } from 'zx'
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
const $ = shell({ cwd: room, quiet: true })
/** @param {string[]} words */
const git = (...words) => $`git -C service -c user.name=A -c user.email=a@example.com ${words}`.text()

const DOCKERFILE = 'FROM scratch AS dev\nCOPY input /input\nENTRYPOINT ["/opt/devenv/bin/entrypoint"]\n'

/** A service with `count` releases, and a package that publishes them. @param {number} count @param {string} host */
async function lay(count, host) {
  rmSync(join(room, 'service'), { recursive: true, force: true })
  mkdirSync(join(room, 'service'))
  await git('init', '--quiet')
  /** @type {Record<string, { ref: string, commit: string }>} */
  const releases = {}
  for (let at = 1; at <= count; at++) {
    write('service/input', `${at}\n`)
    await git('add', '--all')
    await git('commit', '--quiet', '--message', String(at))
    releases[`bench.${at}`] = { ref: `refs/heads/${at}`, commit: (await git('rev-parse', 'HEAD')).trim() }
  }
  write('package/package.json', JSON.stringify({ name: '@devenv/bench', version: '1.0.0' }))
  write('package/devenv-lock.json', JSON.stringify({ images: {}, releases }))
  write('package/Dockerfile', DOCKERFILE)
  write('package/Dockerfile.dockerignore', '*\n!input\n')
  write('package/image/supervisor/web.conf', '[program:web]\ncommand=true\n')
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
 * @typedef {{ what: string, work: () => Promise<string>, done: (printed: string) => boolean | Promise<boolean> }} Job
 */

/** @param {Job} job */
async function timed({ what, work, done }) {
  let printed = ''
  const seconds = await secondsOf(async () => {
    printed = await work()
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
  await $`docker run --detach --name ${registry} --publish 127.0.0.1::5000 ${image}`
  const host = `localhost:${/:(\d+)$/m.exec(await $`docker port ${registry} 5000/tcp`.text())?.[1]}`
  const env = { ...process.env, DEVENV_REGISTRY: host, NODE_EXTRA_CA_CERTS: '' }
  const command = [
    process.execPath,
    join(ROOT, 'packages/core/bin/devenv.js'),
    '--package=package',
    '--checkout=service',
  ]
  /** @param {string[]} words */
  const devenv = (...words) => $({ env })`${command} ${words}`.text()
  for (const count of COUNTS) {
    await lay(count, host)
    /** @param {string} output */
    const bake = (output) => $`docker buildx bake --builder=default --file bake.json ${output}`.text()
    /** @param {string} name */
    const isHere = async (name) => (await $`docker images --quiet ${name}`.lines()).length >= count
    /** @param {string} name */
    const isThere = async (name) => {
      const { tags } = await (await fetch(`http://${host}/v2/${name}/tags/list`)).json()
      return tags.length >= count
    }
    const [have, load, publish, push] = /** @type {[Job, Job, Job, Job]} */ ([
      {
        what: 'devenv image --release all',
        work: () => devenv('image', '--release', 'all'),
        done: (printed) => printed.trim().split('\n').length === count && isHere(`${host}/devenv/bench`),
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
  await $`docker rm --force --volumes ${registry}`
  const names = await $`docker images --format {{.Repository}}:{{.Tag}}`.lines()
  const ours = names.filter((name) => /^localhost:\d+\/devenv\/bench(-bake)?:/.test(name))
  if (ours.length > 0) await $`docker image rm --force ${ours}`
  rmSync(room, { recursive: true, force: true })
}
