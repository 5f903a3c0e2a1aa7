import { appendFileSync, chmodSync, mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { SAMPLE_PACKAGE, sampleRecord, temporaryFolder, testEach, writeFiles } from '../../../test/samples.js'
import { type Environment, identify } from '../environment.js'
import { readRecord, stampsOf, unchanged, writeRecord } from './record.js'

const RECORD = sampleRecord()

function environment(): Environment {
  const made = identify(SAMPLE_PACKAGE, temporaryFolder(), undefined)
  mkdirSync(made.paths.home, { recursive: true })
  return made
}

describe('a record', () => {
  test('is read as it was written', () => {
    const made = environment()
    writeRecord(made, RECORD)
    expect(readRecord(made)).toEqual(RECORD)
  })

  test('is none before the first start', () => {
    expect(readRecord(environment())).toBeUndefined()
  })

  test.each([
    ['empty', ''],
    ['cut off', JSON.stringify(RECORD).slice(0, 100)],
    ['null', 'null'],
    ['of another format', JSON.stringify({ ...RECORD, format: 2 })],
    ['of no format', '{}'],
  ])('that is %s counts as none', (_what, text) => {
    const made = environment()
    writeFileSync(made.paths.record, text)
    expect(readRecord(made)).toBeUndefined()
  })

  /** Every part of a value, by the keys that lead to it. */
  const partsOf = (value: unknown, path: string[] = []): string[][] =>
    typeof value === 'object' && value !== null
      ? [path, ...Object.entries(value).flatMap(([key, part]) => partsOf(part, [...path, key]))]
      : [path]
  const withPart = (value: unknown, [key, ...rest]: string[], part: unknown): unknown => {
    if (key === undefined) return part
    const copy = structuredClone(value) as { [key: string]: unknown }
    copy[key] = withPart(copy[key], rest, part)
    return copy
  }
  const WHOLE = sampleRecord({
    needs: ['mysql'],
    accounts: [{ what: 'admin', user: 'a', password: 'b', path: '/', port: 8000 }],
    begun: { step: 'a', now: 'b', files: ['e'], stores: ['mysql-8.4'], container: 'c', id: 'd' },
    failed: 'a',
    stamps: { inputs: { '/a': '1' }, definition: { '/b': '1' }, provision: { '/c': '1' } },
  })

  test.each([99999, true])('that holds %j in the place of any of its parts counts as none', (part) => {
    const made = environment()
    writeRecord(made, WHOLE)
    expect(readRecord(made)).toEqual(WHOLE)
    const accepted = partsOf(WHOLE).filter((path) => {
      writeFileSync(made.paths.record, JSON.stringify(withPart(WHOLE, path, part)))
      return readRecord(made) !== undefined
    })
    expect(accepted).toEqual([])
  })

  test('that is a folder counts as none, and is written again', () => {
    const made = environment()
    mkdirSync(made.paths.record)
    expect(readRecord(made)).toBeUndefined()
    writeRecord(made, RECORD)
    expect(readRecord(made)).toEqual(RECORD)
  })

  test('is not that of another checkout with the same data directory', () => {
    const data = temporaryFolder()
    const [one, other] = ['a', 'b'].map((name) => identify(SAMPLE_PACKAGE, join('/home', name), data)) as [
      Environment,
      Environment,
    ]
    mkdirSync(one.paths.home, { recursive: true })
    writeRecord(one, RECORD)
    expect(readRecord(other)).toBeUndefined()
  })
})

describe('stamps', () => {
  const sample = () => {
    const root = writeFiles(temporaryFolder(), { file: 'text', 'folder/one': '', link: { link: 'file' } })
    const paths = ['file', 'folder', 'folder/one', 'link', 'missing'].map((name) => join(root, name))
    return { root, stamps: stampsOf(paths) }
  }

  test('stay the same while nothing changes', () => {
    const { stamps } = sample()
    expect(unchanged(stamps)).toBe(true)
    expect(unchanged({})).toBe(true)
  })

  testEach<{ what: string; change: (root: string) => void }>([
    { what: 'content', change: (root) => appendFileSync(join(root, 'file'), 'more') },
    { what: 'a date', change: (root) => utimesSync(join(root, 'file'), new Date(0), new Date(0)) },
    { what: 'a mode', change: (root) => chmodSync(join(root, 'file'), 0o755) },
    { what: 'a file that is gone', change: (root) => rmSync(join(root, 'file')) },
    {
      what: 'a file whose folder a file has replaced',
      change: (root) => {
        rmSync(join(root, 'folder'), { recursive: true })
        writeFileSync(join(root, 'folder'), '')
      },
    },
    { what: 'a file that has come', change: (root) => writeFileSync(join(root, 'missing'), '') },
    { what: 'a folder in which a file has come', change: (root) => writeFileSync(join(root, 'folder/two'), '') },
    {
      what: 'a link to elsewhere',
      change: (root) => {
        rmSync(join(root, 'link'))
        writeFiles(root, { link: { link: 'folder' } })
      },
    },
  ])('tell of $what', ({ change }) => {
    const { root, stamps } = sample()
    change(root)
    expect(unchanged(stamps)).toBe(false)
  })
})
