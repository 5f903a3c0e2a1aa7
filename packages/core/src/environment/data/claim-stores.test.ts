import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { engineWith, listedContainer } from '../../../test/engine.js'
import { problemsOf, sampleEnvironment, temporaryFolder } from '../../../test/samples.js'
import { readMountPoint } from '../../checkout/read-presence.js'
import { LABELS } from '../../engine/labels.js'
import { readMoved } from './claim-stores.js'

const environment = sampleEnvironment()
const holder = (checkout: string, mountPoint: string, state?: string) =>
  listedContainer('other', { [LABELS.checkout]: checkout, [LABELS.mountPoint]: mountPoint }, state)

describe('stores that another environment holds', () => {
  test('are ours where its checkout has moved here', async () => {
    const checkout = temporaryFolder()
    const mountPoint = readMountPoint(checkout)
    rmSync(checkout, { recursive: true })
    const { engine } = await engineWith([holder(checkout, mountPoint)])
    expect(await readMoved({ engine, environment }, '1:2')).toEqual([{ project: 'other', checkout }])
  })

  test.each([
    ['that is there', () => temporaryFolder()],
    ['that cannot be seen', () => join(temporaryFolder(), 'unmounted')],
  ])('are in use where it runs, and has a checkout %s', async (_what, place) => {
    const checkout = place()
    const { engine } = await engineWith([holder(checkout, '/nowhere/mounted')])
    expect(await problemsOf(() => readMoved({ engine, environment }, '1:2'))).toMatchObject([
      { code: 'store-in-use', holder: checkout },
    ])
  })

  test('stay whose they are where it does not run and cannot be seen', async () => {
    const { engine } = await engineWith([holder(join(temporaryFolder(), 'unmounted'), '/nowhere/mounted', 'exited')])
    expect(await readMoved({ engine, environment }, '1:2')).toEqual([])
  })
})
