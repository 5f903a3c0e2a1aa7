import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { QUICK } from '../rolldown.config.mjs'

/** The order of the house, lowest first. A module imports from its own folder and from lower floors. */
const FLOORS = [
  ['hash', 'picture', 'problem', 'progress'],
  ['process'],
  ['git', 'registry'],
  ['engine', 'tree'],
  ['definition'],
  ['settings', 'checkout', 'scaffold'],
  ['machine', 'image'],
  ['environment'],
  ['environment/project', 'environment/inside'],
  ['environment/data'],
  ['environment/provision'],
  ['environment/start', 'publish'],
  ['environment/verbs'],
  ['cli'],
]

const SRC = fileURLToPath(new URL('../src', import.meta.url))
const modules = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((file) => /(?<!\.test)\.ts$/.test(file))
const importsOf = (file: string): string[] =>
  [...readFileSync(join(SRC, file), 'utf8').matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, path = '']) => path)

/** The part of the house that a folder belongs to: the nearest above it that has a place in the order. */
const partOf = (folder: string): string =>
  folder === '.' || FLOORS.flat().includes(folder) ? folder : partOf(dirname(folder))
const floorOf = (part: string): number => FLOORS.findIndex((parts) => parts.includes(part))

test('imports run one way', () => {
  const offenders = modules.flatMap((file) =>
    importsOf(file).flatMap((path) => {
      if (!path.startsWith('.')) return []
      const [from, to] = [file, relative(SRC, join(SRC, dirname(file), path))].map((each) => partOf(dirname(each)))
      const isDown = from === to || (to !== '.' && floorOf(to ?? '') < floorOf(from ?? ''))
      return isDown ? [] : [`${file} imports ${path}`]
    }),
  )
  expect(offenders).toEqual([])
})

test('only process/ starts programs', () => {
  const starting = modules.filter((file) => importsOf(file).includes('node:child_process'))
  expect(starting.filter((file) => dirname(file) !== 'process')).toEqual([])
})

test('only run-docker.ts starts Docker’s client', () => {
  const starting = modules.filter((file) => /argv: \[\s*'docker'/.test(readFileSync(join(SRC, file), 'utf8')))
  expect(starting).toEqual(['engine/run-docker.ts'])
})

test('modules that plan, parse, render or explain read nothing', () => {
  const named = modules.filter((file) => /(^|\/)(plan|parse|render|explain)-[^/]*\.ts$/.test(file))
  const impure = named.filter((file) => importsOf(file).some((path) => /^node:(fs|child_process|net|http)/.test(path)))
  expect(impure).toEqual([])
})

test('a command that finds everything running loads one library, that of the command line', () => {
  const loaded = new Set<string>()
  const libraries = new Set<string>()
  const load = (file: string): void => {
    if (loaded.has(file)) return
    loaded.add(file)
    const text = readFileSync(join(SRC, file), 'utf8')
    for (const [, names, path = ''] of text.matchAll(/^import ([^']*)'([^']+)'$/gms)) {
      if (names?.startsWith('type ')) continue
      if (path.startsWith('.')) load(join(dirname(file), path.replace(/js$/, 'ts')))
      else if (!path.startsWith('node:')) libraries.add(path)
    }
  }
  for (const file of QUICK) load(file.replace(/js$/, 'ts'))
  expect([...libraries]).toEqual(['commander'])
})
