import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { SAMPLE_PACKAGE, sampleRecord, temporaryFolder, writeFiles } from '../../../test/samples.js'
import { abridge, listInputs } from '../../image/image-inputs.js'
import { readImageInputs } from '../../image/read-image-inputs.js'
import { stampsOf } from '../data/record.js'
import { readStale } from './read-stale.js'

type Save = (path: string, text: string) => void

/** What is said of an image that was built from files of its own, and a way to change these. */
async function sample(): Promise<{ stale: () => Promise<string | undefined>; save: Save }> {
  const root = writeFiles(temporaryFolder(), {
    'package/Dockerfile': 'FROM debian\n',
    'package/Dockerfile.dockerignore': '*\n!requirements.txt\n',
    'checkout/requirements.txt': 'django\n',
  })
  const dockerfile = join(root, 'package/Dockerfile')
  const contexts = { checkout: join(root, 'checkout') }
  const spec = { name: 'devenv/hello', dockerfile, target: undefined, args: {}, contexts }
  const record = sampleRecord({
    image: { reference: '', digest: '', spec, inputs: abridge(listInputs(await readImageInputs(spec))) },
    stamps: {
      inputs: stampsOf([dockerfile, join(root, 'checkout/requirements.txt')]),
      definition: {},
      provision: {},
    },
  })
  return {
    stale: () => readStale({ package: { ...SAMPLE_PACKAGE, directory: join(root, 'package') } }, record),
    save: (path, text) => void writeFiles(root, { [path]: text }),
  }
}

describe('an image is out of date', () => {
  test('never while its inputs are what they were', async () => {
    const { stale } = await sample()
    expect(await stale()).toBeUndefined()
  })

  test('not when an input was saved again as it was', async () => {
    const { stale, save } = await sample()
    save('checkout/requirements.txt', 'django\n')
    expect(await stale()).toBeUndefined()
  })

  test('when an input changed, which is named', async () => {
    const { stale, save } = await sample()
    save('checkout/requirements.txt', 'django==5\n')
    expect(await stale()).toBe('requirements.txt changed')
  })

  test('when the Dockerfile changed', async () => {
    const { stale, save } = await sample()
    save('package/Dockerfile', 'FROM debian:12\n')
    expect(await stale()).toBe('Dockerfile changed')
  })

  test('when a base image has been locked meanwhile, which is named beside what changed', async () => {
    const { stale, save } = await sample()
    const images = { 'docker.io/library/debian': `sha256:${'1'.repeat(64)}` }
    save('package/devenv-lock.json', JSON.stringify({ images, releases: {} }))
    save('checkout/requirements.txt', 'django==5\n')
    expect(await stale()).toBe('base image docker.io/library/debian is new, requirements.txt changed')
  })
})
