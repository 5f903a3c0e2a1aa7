// @ts-check
// Edits, right and wrong ones, and a request at once after each: it is answered by what is on disk.
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { $ as shell } from 'zx'
import { wrong } from './hello.mjs'

/** Modules that the page reads, one number each. */
const MANY = Array.from({ length: 60 }, (_, index) => `hello/many/part${index}.py`)
const TIMES = 25
/** Milliseconds between a save and the request after it. */
const DELAYS = [0, 1, 5, 20, 100, 400]

const PAGE = `

@app.get('/seen')
def seen():
    from hello import many
    return {'word': WORD, 'setting': settings.SEEN, 'module': part.SEEN, 'many': many.numbers()}
`
const NUMBERS = `from importlib import import_module


def numbers():
    return sorted({import_module('hello.many.part%d' % part).SEEN for part in range(${MANY.length})})
`

/** @typedef {{ word: number, setting: number, module: number, many: number[] }} Seen */

/** @param {import('./hello.mjs').Hello} hello */
export async function edits(hello) {
  const { checkout, mustRun } = hello
  const git = shell({ cwd: checkout, quiet: true })
  /** @param {string} file @param {string} text */
  const write = (file, text) => {
    mkdirSync(dirname(join(checkout, file)), { recursive: true })
    writeFileSync(join(checkout, file), text)
  }
  const pageAt = 'hello/web.py'
  const settingsAt = 'hello/settings.py'
  const page = readFileSync(join(checkout, pageAt), 'utf8')
  const settings = readFileSync(join(checkout, settingsAt), 'utf8')
  let last = 0
  let module = 'part'
  /** @type {Seen} */
  const onDisk = { word: 0, setting: 0, module: 0, many: [0] }
  const writePage = (broken = '') =>
    write(pageAt, `${page}\nfrom hello import ${module} as part\nWORD = ${onDisk.word}\n${broken}${PAGE}`)
  const writeSettings = () => write(settingsAt, `${settings}SEEN = ${onDisk.setting}\n`)
  const writeMany = () => {
    for (const file of MANY) write(file, `SEEN = ${onDisk.many[0]}\n`)
  }

  write('hello/part.py', 'SEEN = 0\n')
  write('hello/many/__init__.py', NUMBERS)
  writeMany()
  writeSettings()
  writePage()
  const commit = [
    '-c',
    'user.name=A',
    '-c',
    'user.email=a@example.com',
    'commit',
    '--quiet',
    '--all',
    '--message',
    'Edits',
  ]
  await git`git init --quiet && git add --all && git ${commit}`
  await hello.running()
  const { urls } = JSON.parse(await mustRun(['status', '--json']))

  /** @param {number} delay */
  const ask = async (delay) => {
    await pause(delay)
    const response = await fetch(`${urls[0]}/seen`, { signal: AbortSignal.timeout(60_000) })
    return { status: response.status, body: await response.text() }
  }
  /** @param {number} delay */
  const faultsNow = async (delay) => {
    const { status, body } = await ask(delay)
    const wanted = JSON.stringify(onDisk)
    const served =
      status === 200 ? JSON.stringify({ ...onDisk, ...JSON.parse(body) }) : `a ${status}: ${body.slice(0, 400)}`
    return served === wanted ? [] : [wrong(`on disk is ${wanted}; served was ${served}`)]
  }
  /** What breaks is shown with its file, and forgotten once it is mended. @param {string} line @param {RegExp} shown @param {number} delay */
  const broken = async (line, shown, delay) => {
    writePage(line)
    const { status, body } = await ask(delay)
    writePage()
    return [
      ...(status === 503 && shown.test(body)
        ? []
        : [wrong(`broken on disk; served was a ${status}: ${body.slice(0, 400)}`)]),
      ...(await faultsNow(delay)),
    ]
  }

  /** @type {Record<string, (delay: number) => Promise<import('./hello.mjs').Fault[]>>} */
  const kinds = {
    'a word': async (delay) => {
      onDisk.word = ++last
      writePage()
      return await faultsNow(delay)
    },
    'a setting': async (delay) => {
      onDisk.setting = ++last
      writeSettings()
      return await faultsNow(delay)
    },
    'a module gets another name': async (delay) => {
      const before = module
      module = `part_${++last}`
      renameSync(join(checkout, `hello/${before}.py`), join(checkout, `hello/${module}.py`))
      writePage()
      return await faultsNow(delay)
    },
    'a new package takes the place of a module': async (delay) => {
      const before = module
      module = `package_${++last}`
      onDisk.module = last
      write(`hello/${module}/__init__.py`, `SEEN = ${last}\n`)
      writePage()
      const faults = await faultsNow(delay)
      rmSync(join(checkout, `hello/${before}.py`), { force: true })
      module = `part_${last}`
      renameSync(join(checkout, `hello/package_${last}/__init__.py`), join(checkout, `hello/${module}.py`))
      rmSync(join(checkout, `hello/package_${last}`), { recursive: true })
      writePage()
      return [...faults, ...(await faultsNow(delay))]
    },
    'a syntax error': (delay) => broken('def broken(:\n', /hello\/web\.py/, delay),
    'an import of what is not there': (delay) => broken('import not_there_at_all\n', /not_there_at_all/, delay),
    'two saves in 100 ms': async (delay) => {
      onDisk.word = ++last
      writePage()
      await pause(10 + ((last * 37) % 80))
      onDisk.word = ++last
      writePage()
      return await faultsNow(delay)
    },
    'a branch with 60 other files': async (delay) => {
      await git`git add --all && git ${[...commit, '--allow-empty']}`
      await git`git checkout --quiet -b ${`branch-${++last}`}`
      onDisk.many = [last]
      writeMany()
      await git`git ${commit}`
      return await faultsNow(delay)
    },
    'back to the branch before': async (delay) => {
      await git`git add --all && git ${[...commit, '--allow-empty']}`
      const before = [...onDisk.many]
      await git`git checkout --quiet -b ${`side-${++last}`}`
      onDisk.many = [last]
      writeMany()
      await git`git ${commit}`
      const faults = await faultsNow(delay)
      await git`git checkout --quiet -`
      onDisk.many = before
      return [...faults, ...(await faultsNow(delay))]
    },
    'a migration': async (delay) => {
      write(
        `hello/migrations/${String(1000 + ++last)}_edit.sql`,
        `ALTER TABLE greetings ADD COLUMN edit_${last} INT;\n`,
      )
      await mustRun(['start'])
      onDisk.word = last
      writePage()
      return await faultsNow(delay)
    },
  }

  return Object.entries(kinds).flatMap(([kind, run]) =>
    Array.from({ length: TIMES }, (_, time) => {
      const delay = DELAYS[time % DELAYS.length] ?? 0
      return { name: `${kind}, asked after ${delay} ms, ${time + 1}`, run: () => run(delay) }
    }),
  )
}
