#!/usr/bin/env node
// @ts-check
// What a save costs in a real service: from the save of a view until the page has it, and the CPU until the container is quiet again.
// In one run and in turn: a server that goes on from a checkpoint, one that boots whole (DEVENV_RELOAD=plain), and Django's own
// reloader; with all programs, and with one alone. Then what all programs hold, and what they use when nobody does anything.
//
//   node tools/bench/saves.mjs PACKAGE-FOLDER CHECKOUT          RUNS=5 IDLE_SECONDS=30
//
// Containers are asked at their own address: on Linux alone.
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { $ as shell } from 'zx'
import { Clone, Workshop } from '../acceptance/clone.mjs'
import { cpuOf, idlePercent, median, requireHappened, secondsOf } from './measure.mjs'

const RUNS = Number(process.env.RUNS ?? 5)
const IDLE_SECONDS = Number(process.env.IDLE_SECONDS ?? 30)
const [packageFolder = '', given = ''] = process.argv.slice(2)
const checkout = realpathSync(given)
const service = basename(packageFolder)
const $ = shell({ quiet: true })
const folder = realpathSync(mkdtempSync(join(tmpdir(), `devenv-bench-saves-${service}-`)))

/** `urls`: the addresses of the service; `other`: a program that runs beside Django's own server, and reads no Python. */
const SERVERS = {
  discovery: { other: 'assets', servers: [{ program: 'web', urls: 'course_discovery/urls.py' }] },
  'edx-platform': {
    other: 'sass',
    servers: [
      { program: 'lms', urls: 'lms/urls.py' },
      { program: 'cms', urls: 'cms/urls.py' },
    ],
  },
}
/** @typedef {{ program: string, urls: string }} Server */

/** A way to be served. @typedef {{ clone: Clone, id: string, host: string, name: string }} Way */
/** @type {Clone[]} */
const clones = []

/** @param {string} name @param {Record<string, string>} env @returns {Promise<Way>} */
async function start(name, env) {
  const options = {
    service,
    folder: join(folder, name),
    cache: undefined,
    package: resolve(packageFolder),
    snapshots: [],
  }
  const workshop = new Workshop(options)
  Object.assign(workshop.env, env)
  const clone = await Clone.of(workshop, checkout)
  clones.push(clone)
  await clone.make('devenv.start')
  return { clone, name, ...(await containerOf(clone)) }
}

/** @param {Clone} clone */
async function containerOf(clone) {
  const filters = [`label=org.openedx.devenv.checkout=${clone.path}`, `label=com.docker.compose.service=${service}`]
  const id = (await $`docker ps --quiet --no-trunc ${filters.flatMap((filter) => ['--filter', filter])}`).stdout.trim()
  const format = '{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}'
  const host = (await $`docker inspect --format ${format} ${id}`).stdout.trim().split(' ')[0] ?? ''
  return { id, host }
}

/** How supervisord runs it. @param {string} program */
function readProgram(program) {
  const text = readFileSync(join(packageFolder, 'image/supervisor', `${program}.conf`), 'utf8')
  const [, port = '', words = ''] = /^command=django-server .*?\b(\d+)(.*)$/m.exec(text) ?? []
  const variables = /^environment=(.*)$/m.exec(text)?.[1]?.replaceAll('"', '').split(',') ?? []
  return { port: Number(port), words: words.trim().split(/\s+/).filter(Boolean), variables }
}

const OWN = 'Django’s own'

/** Django's own server, in the place of the one before. @param {Way} way @param {string} program */
async function startOwn({ id }, program) {
  const { port, words, variables } = readProgram(program)
  await $({ nothrow: true })`docker exec ${id} pkill -f ${'manage.py .*runserver'}`
  const own = ['python', 'manage.py', ...words, 'runserver', `0.0.0.0:${port}`]
  await $`docker exec --detach ${id} /opt/devenv/bin/run -- env ${variables} ${own}`
}

let version = 0

/** @param {Way} way @param {Server} server @returns {Promise<{ seconds: number, cpu: number }>} */
async function save({ clone, id, host, name }, { program, urls }) {
  const mark = `saved ${++version}`
  const before = await quiet(id, name)
  const page = `from django.http import HttpResponse as Saved\nurlpatterns += [path('saved', lambda request: Saved('${mark}'))]\n`
  const code = clone.read(urls).replace(/\nfrom django\.http import HttpResponse as Saved\n[\s\S]*$/, '')
  const url = `http://${host}:${readProgram(program).port}/saved`
  const seconds = await secondsOf(async () => {
    clone.write(urls, `${code}\n${page}`)
    for (const end = Date.now() + 300_000; (await ask(url)) !== mark; await pause(5))
      requireHappened(Date.now() < end, `${name}: ${url} does not say “${mark}”`)
  })
  return { seconds, cpu: (await quiet(id, name)) - before }
}

/** @param {string} url */
const ask = (url) =>
  fetch(url).then(
    (answer) => answer.text(),
    () => '',
  )

/** What the container has used once it uses little. Django's own looks at all files each second. @param {string} id @param {string} name */
async function quiet(id, name) {
  if (name === OWN) return await pause(5000, Number.NaN)
  for (let before = await cpuOf(id); ; ) {
    await pause(3000)
    const now = await cpuOf(id)
    if (now - before < 0.3) return now
    before = now
  }
}

/** @param {readonly Way[]} ways @param {Server} server @param {string} what */
async function compare(ways, server, what) {
  for (const way of ways) await save(way, server)
  /** @type {Map<Way, { seconds: number, cpu: number }[]>} */
  const seen = new Map(ways.map((way) => [way, []]))
  for (let run = 0; run < RUNS; run++) for (const way of ways) seen.get(way)?.push(await save(way, server))
  const medians = ways.map((way) => ({
    name: way.name,
    seconds: median((seen.get(way) ?? []).map(({ seconds }) => seconds)),
    cpu: median((seen.get(way) ?? []).map(({ cpu }) => cpu)),
  }))
  const whole = medians.find(({ name }) => name === 'plain') ?? { seconds: Number.NaN, cpu: Number.NaN }
  for (const { name, seconds, cpu } of medians) {
    const used = Number.isNaN(cpu) ? ' '.repeat(14) : against(cpu, whole.cpu, 1)
    console.log(`${against(seconds, whole.seconds, 2)}  ${used}  a view of ${server.program}, ${what}: ${name}`)
  }
}

/** @param {number} seconds @param {number} whole @param {number} digits */
const against = (seconds, whole, digits) =>
  `${seconds.toFixed(digits).padStart(6)} s ${(seconds / whole).toFixed(2).padStart(5)}`

/** MB of each program, with all its processes. @param {Way} way */
async function memory({ clone, name }) {
  const { containers } = JSON.parse(await clone.devenv('status', '--json'))
  /** @type {{ name: string, memoryBytes?: number }[]} */
  const held = containers.flatMap((/** @type {{ programs?: [] }} */ { programs = [] }) => programs)
  const all = held.reduce((sum, { memoryBytes = 0 }) => sum + memoryBytes, 0)
  const each = held.map((program) => `${program.name} ${Math.round((program.memoryBytes ?? 0) / 1e6)}`).join(', ')
  console.log(`${Math.round(all / 1e6)} MB (${each}): ${name}`)
}

async function main() {
  if (!(service in SERVERS))
    throw new Error(`${service} is none of those that are measured: ${Object.keys(SERVERS).join(', ')}`)
  const { other, servers } = SERVERS[/** @type {keyof typeof SERVERS} */ (service)]
  const plain = await start('plain', { DEVENV_RELOAD: 'plain' })
  const checkpoint = await start('checkpoint', { DEVENV_RELOAD: 'checkpoint' })
  const own = await start(OWN, { DEVENV_PROGRAMS: other })
  console.log(`a save  ratio       CPU ratio  ${service}, ${RUNS} runs in turn; medians, against those of plain`)
  for (const server of servers) await compare([plain, checkpoint], server, 'all programs')
  for (const way of [plain, checkpoint]) await memory(way)
  const percent = await idlePercent(checkpoint.id, IDLE_SECONDS)
  console.log(`${percent.toFixed(2)} % of a core, idle for ${IDLE_SECONDS} s, all programs: ${checkpoint.name}`)
  for (const server of servers) {
    for (const { clone } of [plain, checkpoint]) await clone.devenv('start', '--programs', server.program)
    await startOwn(own, server.program)
    await compare([plain, checkpoint, own], server, 'alone')
  }
}

try {
  await main()
} finally {
  for (const clone of clones) if (existsSync(clone.path)) await clone.clean()
  if (process.exitCode === undefined) rmSync(folder, { recursive: true, force: true })
}
