#!/usr/bin/env node
// @ts-check
// Ratios of speed on hello, each measured side by side in one run, in turn (A B A B …), median of the pairs.
// Seconds drift from machine to machine; ratios are what to compare.
//
//   make bench            RUNS=9 IDLE_SECONDS=30 make bench
import { appendFileSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { $ as shell } from 'zx'
import { idlePercent, median, ms, requireHappened, secondsOf } from './measure.mjs'

const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')
const RUNS = Number(process.env.RUNS ?? 9)
const IDLE_SECONDS = Number(process.env.IDLE_SECONDS ?? 30)

const checkout = join(mkdtempSync(join(tmpdir(), 'devenv-bench-')), 'hello')
const env = {
  ...process.env,
  DEVENV_PACKAGE: join(ROOT, 'examples/hello/environment'),
  DEVENV_MK: join(ROOT, 'packages/core/make/devenv.mk'),
  XDG_CACHE_HOME: join(dirname(checkout), 'cache'),
}
const $ = shell({ cwd: checkout, env, quiet: true })
const devenv = [process.execPath, join(ROOT, 'packages/core/bin/devenv.js')]

/**
 * @param {() => Promise<number>} ours
 * @param {() => Promise<number>} theirs
 * @param {number} runs
 */
async function inTurn(ours, theirs, runs) {
  await ours()
  await theirs()
  const pairs = []
  for (let run = 0; run < runs; run++) pairs.push([await ours(), await theirs()])
  return {
    ours: median(pairs.map(([a = 0]) => a)),
    theirs: median(pairs.map(([, b = 0]) => b)),
    ratio: median(pairs.map(([a = 0, b = 1]) => a / b)),
  }
}

/** @param {Awaited<ReturnType<typeof inTurn>>} measured @param {string} wanted @param {string} what */
const row = ({ ours, theirs, ratio }, wanted, what) => {
  console.log(`${ratio.toFixed(2).padStart(6)}  ${wanted.padEnd(7)} ${what} (${ms(ours)} against ${ms(theirs)})`)
}
/** As the view shows a line of a program. */
const OF_A_PROGRAM = /^(web|worker|mysql|redis) \| /m

/** Until the first line of a program on stdout; the view is left after that. */
async function firstLine() {
  const view = $({ nothrow: true, detached: true })`make dev.watch`
  let shown = ''
  const seconds = await secondsOf(
    () =>
      new Promise((resolve, reject) => {
        view.stdout.on('data', (data) => {
          shown += data
          if (OF_A_PROGRAM.test(shown)) resolve(undefined)
        })
        view.stdout.once('end', () => reject(new Error(`nothing was measured: no line of a program in ${shown}`)))
      }),
  )
  await view.kill('SIGINT')
  await view
  return seconds
}

async function main() {
  cpSync(join(ROOT, 'examples/hello/service'), checkout, { recursive: true, filter: (path) => !path.includes('.dev/') })
  appendFileSync(join(checkout, 'Makefile'), '\n.PHONY: true\ntrue:\n\t@echo done\n')
  const { stdout: started } = await $`${devenv} start`
  const url = /http:\S+/.exec(started)?.[0] ?? ''
  const home = join(checkout, '.dev/devenv')
  const composeFile = join(home, readdirSync(home).find((name) => name.endsWith('.compose.json')) ?? '')
  const compose = ['docker', 'compose', '--file', composeFile]

  console.log(`ratio   wanted  what (devenv against the other, medians of ${RUNS})`)
  const requireServing = async () => {
    const { status } = await fetch(`${url}/health/`)
    requireHappened(status === 200, `${url}/health/ answers`, status)
  }
  const up = async () => {
    const seconds = await secondsOf(() => $`${compose} up -d --wait`)
    await requireServing()
    return seconds
  }
  row(
    await inTurn(firstLine, up, RUNS),
    '≤ 0.25',
    'nothing to change: make dev.watch to the first log line, against docker compose up -d --wait',
  )

  /** @param {() => Promise<{ stdout: string }>} run */
  const done = async (run) => {
    let stdout = ''
    const seconds = await secondsOf(async () => {
      stdout = (await run()).stdout
    })
    requireHappened(stdout === 'done\n', 'the target said', stdout)
    return seconds
  }
  const target = () => done(() => $`make dev.true`)
  const exec = () => done(() => $`${compose} exec -T hello echo done`)
  row(await inTurn(target, exec, RUNS * 2), '≤ 1.0', 'make dev.true, against docker compose exec')

  const stop = async () => {
    await $`${devenv} stop`
    const { stdout: running } = await $`${compose} ps --quiet`
    requireHappened(running === '', 'what was to be started runs', running)
  }
  const ourStart = async () => {
    await stop()
    const seconds = await secondsOf(() => $`${devenv} start`)
    await requireServing()
    return seconds
  }
  const composeStart = async () => {
    await stop()
    return await up()
  }
  row(
    await inTurn(ourStart, composeStart, Math.ceil(RUNS / 2)),
    '≤ 1.05',
    'from stopped: devenv start, against docker compose up -d --wait',
  )

  await reload(url)
  await idle(composeFile)
}

/** @param {string} url */
async function reload(url) {
  const page = join(checkout, 'hello', 'web.py')
  const code = readFileSync(page, 'utf8')
  const boot = [
    'import subprocess, time, urllib.request',
    'began = time.monotonic()',
    'server = subprocess.Popen(["gunicorn", "--bind", "127.0.0.1:8999", "hello.web:app"], stderr=subprocess.DEVNULL)',
    'while True:',
    '    try:',
    '        urllib.request.urlopen("http://127.0.0.1:8999/health/").read(); break',
    '    except OSError: time.sleep(0.002)',
    'print(time.monotonic() - began)',
    'server.terminate(); server.wait()',
  ].join('\n')
  let version = 0
  const saved = async () => {
    version++
    writeFileSync(page, `${code}\n\n@app.get('/version')\ndef version():\n    return '${version}'\n`)
    return await secondsOf(async () => {
      for (;;) {
        const answer = await fetch(`${url}/version`).then(
          (response) => response.text(),
          () => '',
        )
        if (answer === String(version)) return
        await pause(2)
      }
    })
  }
  const booted = async () => {
    const { stdout } = await $`${devenv} exec -- python3 -c ${boot}`
    requireHappened(Number(stdout) > 0, 'the server took', stdout)
    return Number(stdout)
  }
  const { ours, theirs } = await inTurn(saved, booted, RUNS)
  console.log(
    `${ms(ours - theirs).padStart(6)}  +100 ms a save until the new code answers, beyond the server’s own boot (${ms(ours)} against ${ms(theirs)})`,
  )
}

/** @param {string} composeFile */
async function idle(composeFile) {
  const id = (await $`docker compose --file ${composeFile} ps -q hello`).stdout.trim()
  const percent = await idlePercent(id, IDLE_SECONDS)
  console.log(
    `${percent.toFixed(2).padStart(5)}%  < 1 %   of a core, the primary container idle for ${IDLE_SECONDS} s (its health check included)`,
  )
}

try {
  await main()
} finally {
  await $({ nothrow: true })`${devenv} clean`
  rmSync(join(checkout, '..'), { recursive: true, force: true })
}
