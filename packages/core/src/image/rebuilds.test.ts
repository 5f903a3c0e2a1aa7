import { expect, test } from 'vitest'
import { SAMPLE_INPUTS, sampleDefinition } from '../../test/samples.js'
import type { ImageInput } from './image-inputs.js'
import { rebuildsOf } from './rebuilds.js'

const file = (context: string, path: string): ImageInput => ({ context, path, mode: '100644', sha256: '0' })

test('the inputs of an image are told by where they come from, and each step with what repeats it', () => {
  const when = {
    files: ['*/migrations/*.py'],
    installed: [],
    libraries: [],
    stores: ['mysql'],
    image: false,
    address: false,
  }
  const definition = {
    ...sampleDefinition(),
    provision: [{ name: 'migrations', service: 'hello', run: ['migrate'] as const, when }],
  }
  const args = { PYTHON: '3.12', DEVENV_MIRROR: 'localhost:5000' }
  const spec = { ...SAMPLE_INPUTS.spec, args, contexts: { core: '/core', checkout: '/hello', package: '/image' } }
  const files = [file('core', 'bin/run'), file('checkout', 'requirements.txt')]
  expect(rebuildsOf({ definition, inputs: { ...SAMPLE_INPUTS, spec, files } })).toEqual({
    image: expect.stringMatching(/^devenv\/hello:inputs-[0-9a-f]{20}$/),
    inputs: {
      'base images': ['docker.io/library/debian:12'],
      Dockerfile: ['target dev'],
      arguments: ['PYTHON=3.12'],
      checkout: ['requirements.txt'],
      core: ['bin/run'],
    },
    steps: [{ name: 'migrations', service: 'hello', ...when }],
  })
})
