import { expect, test } from 'vitest'
import { dockerIs, problemsOf } from '../../test/samples.js'
import { createContainers, readComposeModel } from './compose.js'

const FILES = { project: 'hello', directory: '/', files: ['/compose.yaml'], variables: {} }
const POOLS = 'Error response from daemon: all predefined address pools have been fully subnetted'

test('what the engine refuses is no fault of the file; what Compose refuses is', async () => {
  dockerIs(`echo '${POOLS}' >&2; exit 1`)
  expect(await problemsOf(() => createContainers(FILES, ['hello']))).toEqual([{ code: 'networks-exhausted' }])
  expect(await problemsOf(() => readComposeModel(FILES))).toEqual([
    { code: 'compose-refused', files: FILES.files, detail: POOLS },
  ])
})

test('a client without Compose says so at both', async () => {
  dockerIs('echo "docker: unknown command: docker compose" >&2; exit 1')
  const missing = [{ code: 'compose-missing', detail: 'docker: unknown command: docker compose' }]
  expect(await problemsOf(() => createContainers(FILES, ['hello']))).toEqual(missing)
  expect(await problemsOf(() => readComposeModel(FILES))).toEqual(missing)
})
