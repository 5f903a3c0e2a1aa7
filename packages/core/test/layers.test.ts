import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

/** The order of the house, lowest first. A module imports from its own folder and from lower floors. */
const FLOORS = [
  ['problem', 'progress'],
  ['process'],
  ['git', 'registry'],
  ['engine', 'tree'],
  ['definition'],
  ['settings', 'checkout'],
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

/** `undefined` for a folder that has no place in the order. */
const floorOf = (folder: string): number | undefined => {
  const floor = FLOORS.findIndex((folders) => folders.includes(folder))
  return floor < 0 ? undefined : floor
}

test('imports run one way', () => {
  const offenders = modules.flatMap((file) =>
    importsOf(file).flatMap((path) => {
      if (!path.startsWith('.')) return []
      const [from, to] = [dirname(file), dirname(relative(SRC, join(SRC, dirname(file), path)))]
      if (from === to) return []
      const [above, below] = [floorOf(from), floorOf(to)]
      return above !== undefined && below !== undefined && below < above ? [] : [`${file} imports ${path}`]
    }),
  )
  expect(offenders).toEqual([])
})

test('only process/ starts programs', () => {
  const starting = modules.filter((file) => importsOf(file).includes('node:child_process'))
  expect(starting.filter((file) => dirname(file) !== 'process')).toEqual([])
})

test('modules that plan, parse, render or explain read nothing', () => {
  const named = modules.filter((file) => /(^|\/)(plan|parse|render|explain)-[^/]*\.ts$/.test(file))
  const impure = named.filter((file) => importsOf(file).some((path) => /^node:(fs|child_process|net|http)/.test(path)))
  expect(impure).toEqual([])
})
