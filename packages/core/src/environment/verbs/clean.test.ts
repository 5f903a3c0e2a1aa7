import { existsSync, rmSync, statSync, symlinkSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { engineWith, listedContainer } from '../../../test/engine.js'
import {
  problemsOf,
  SAMPLE_PACKAGE,
  sampleRecord,
  sampleSettings,
  temporaryFolder,
  writeFiles,
} from '../../../test/samples.js'
import { readMountPoint } from '../../checkout/read-presence.js'
import { LABELS } from '../../engine/labels.js'
import type { Context } from '../context.js'
import { writeRecord } from '../data/record.js'
import { type Environment, identify } from '../environment.js'
import { clean, cleanStores } from './clean.js'

/** An environment with a store, of an engine with these containers. `told` is what `clean` notes. */
async function provisioned(
  dataRoot: string | undefined,
  containers: readonly object[] = [],
): Promise<{ context: Context; told: string[]; removed: string[] }> {
  const environment = identify(SAMPLE_PACKAGE, temporaryFolder(), dataRoot)
  writeFiles(environment.paths.home, { 'stores/mysql-8.4/data/ibdata1': '', 'stores/mysql-8.4/ledger.json': '{}' })
  const { engine, removed } = await engineWith(containers)
  const told: string[] = []
  const report: Context['report'] = (progress) => {
    if (progress.kind === 'note') told.push(progress.text)
  }
  return { context: { engine, environment, settings: sampleSettings(), report }, told, removed }
}
const hasData = ({ paths }: Environment) => existsSync(join(paths.stores, 'mysql-8.4/data'))

/** The record of another checkout in the same data directory. */
function share({ package: environmentPackage }: Environment, root: string, checkout: string, mountPoint: string): void {
  const spec = { ...sampleRecord().image.spec, contexts: { checkout } }
  writeRecord(
    identify(environmentPackage, checkout, root),
    sampleRecord({ mountPoint, image: { ...sampleRecord().image, spec } }),
  )
}

describe('clean', () => {
  test('removes data that nobody shares', async () => {
    const { context } = await provisioned(undefined)
    expect(await clean(context)).toEqual({ left: [] })
    expect(existsSync(context.environment.paths.home)).toBe(false)
  })

  test('leaves data that a checkout shares which cannot be seen, and names it', async () => {
    const root = temporaryFolder()
    const { context, told } = await provisioned(root)
    share(context.environment, root, join(temporaryFolder(), 'unmounted'), '/nowhere/mounted')
    await clean(context)
    expect(hasData(context.environment)).toBe(true)
    expect(told).toEqual([expect.stringMatching(/unmounted \(cannot be seen\)/)])
  })

  test('leaves data where the record of another checkout cannot be read, and names it', async () => {
    const root = temporaryFolder()
    const { context, told } = await provisioned(root)
    writeFiles(context.environment.paths.home, { 'devenv-hello-0123abcd.json': '{"image": 1}' })
    await clean(context)
    expect(hasData(context.environment)).toBe(true)
    expect(told).toEqual([expect.stringMatching(/devenv-hello-0123abcd\.json \(cannot be read\)/)])
  })

  test('removes data that a checkout shared which is gone', async () => {
    const root = temporaryFolder()
    const { context } = await provisioned(root)
    const other = temporaryFolder()
    share(context.environment, root, other, readMountPoint(other))
    rmSync(other, { recursive: true })
    await clean(context)
    expect(hasData(context.environment)).toBe(false)
  })
})

describe('clean of a checkout that was moved', () => {
  const before = (checkout: string, mountPoint: string) =>
    listedContainer('before', { [LABELS.checkout]: checkout, [LABELS.mountPoint]: mountPoint })

  test('removes the containers that it had where it was, and the data', async () => {
    const checkout = temporaryFolder()
    const mountPoint = readMountPoint(checkout)
    rmSync(checkout, { recursive: true })
    const { context, removed } = await provisioned(undefined, [before(checkout, mountPoint)])
    await clean(context)
    expect(removed).toContain('/containers/id-of-before')
    expect(hasData(context.environment)).toBe(false)
  })

  test('removes nothing where another checkout, which is there, writes the data', async () => {
    const checkout = temporaryFolder()
    const { context, removed } = await provisioned(undefined, [before(checkout, readMountPoint(checkout))])
    expect(await problemsOf(() => clean(context))).toMatchObject([{ code: 'store-in-use', holder: checkout }])
    expect(removed).toEqual([])
    expect(hasData(context.environment)).toBe(true)
  })
})

describe('clean of links', () => {
  test('leaves our folder where it is one, and makes no claim behind it', async () => {
    const { context } = await provisioned(undefined)
    const { paths } = context.environment
    const target = temporaryFolder()
    rmSync(paths.home, { recursive: true })
    symlinkSync(target, paths.home)
    utimesSync(target, 0, 0)
    expect(await clean(context)).toEqual({ left: [paths.home] })
    expect(statSync(target).mtimeMs).toBe(0)
  })

  test.each(['stores', 'stores/mysql-8.4/data'])('refuses to empty a store where %s is one', async (name) => {
    const { context } = await provisioned(undefined)
    const link = join(context.environment.paths.home, name)
    const target = writeFiles(temporaryFolder(), { 'mysql-8.4/data/ibdata1': 'x', ibdata1: 'x' })
    rmSync(link, { recursive: true })
    symlinkSync(target, link)
    expect(await problemsOf(() => cleanStores(context, ['mysql']))).toMatchObject([
      { code: 'data-unusable', path: link },
    ])
    expect(existsSync(link)).toBe(true)
    expect(existsSync(join(target, 'mysql-8.4/data/ibdata1'))).toBe(true)
  })
})
