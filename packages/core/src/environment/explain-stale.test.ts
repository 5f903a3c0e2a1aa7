import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { temporaryFolder, writeFiles } from '../../test/samples.js'
import { abridge, listInputs } from '../image/image-inputs.js'
import { readImageInputs } from '../image/read-image-inputs.js'
import { explainStale } from './explain-stale.js'
import { type Record, stampsOf } from './record.js'

/** The record of an environment whose image was built from files of its own, and a way to change these. */
function sample(): { record: Record; save: (path: string, text: string) => void } {
  const root = writeFiles(temporaryFolder(), {
    'package/Dockerfile': 'FROM debian\n',
    'package/Dockerfile.dockerignore': '*\n!requirements.txt\n',
    'checkout/requirements.txt': 'django\n',
  })
  const dockerfile = join(root, 'package/Dockerfile')
  const contexts = { checkout: join(root, 'checkout') }
  const spec = { name: 'devenv/hello', dockerfile, target: undefined, args: {}, contexts }
  const record: Record = {
    format: 1,
    settings: { mirror: undefined, publish: [], variables: {} },
    primary: 'hello',
    codeDirectory: '/edx/app/hello',
    image: { reference: '', digest: '', spec, inputs: abridge(listInputs(readImageInputs(spec))) },
    ports: {},
    address: undefined,
    configs: {},
    targets: {},
    accounts: [],
    provisioned: {},
    released: undefined,
    stamps: {
      inputs: stampsOf([dockerfile, join(root, 'checkout/requirements.txt')]),
      definition: {},
      provision: {},
    },
  }
  return { record, save: (path, text) => void writeFiles(root, { [path]: text }) }
}

describe('an image is out of date', () => {
  test('never while its inputs are what they were', () => {
    expect(explainStale(sample().record)).toBeUndefined()
  })

  test('not when an input was saved again as it was', () => {
    const { record, save } = sample()
    save('checkout/requirements.txt', 'django\n')
    expect(explainStale(record)).toBeUndefined()
  })

  test('when an input changed, which is named', () => {
    const { record, save } = sample()
    save('checkout/requirements.txt', 'django==5\n')
    expect(explainStale(record)).toBe('requirements.txt changed')
  })

  test('when the Dockerfile changed', () => {
    const { record, save } = sample()
    save('package/Dockerfile', 'FROM debian:12\n')
    expect(explainStale(record)).toBe('Dockerfile changed')
  })
})
