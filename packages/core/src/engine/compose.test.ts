import { expect, test } from 'vitest'
import { dockerIs, problemsOf } from '../../test/samples.js'
import { createContainers, OLDEST_COMPOSE, readComposeModel, requireCompose } from './compose.js'

const FILES = { project: 'hello', directory: '/', files: ['/compose.yaml'], variables: {} }
const POOLS = 'Error response from daemon: all predefined address pools have been fully subnetted'
/** Compose that refuses all but to tell its version. */
const refusing = (version: string, words: string) =>
  dockerIs(`[ "$2" != version ] || { echo ${version}; exit; }; echo '${words}' >&2; exit 1`)

test('what the engine refuses is no fault of the file; what Compose refuses is', async () => {
  refusing('2.26.1-4', POOLS)
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

test('what an old Compose refuses is its age, also where it has made containers', async () => {
  refusing('v2.10.2', 'Additional property start_interval is not allowed')
  const old = { code: 'compose-old', wanted: OLDEST_COMPOSE }
  expect(await problemsOf(() => readComposeModel(FILES))).toEqual([{ ...old, found: 'v2.10.2' }])
  expect(await problemsOf(() => createContainers(FILES, ['hello']))).toEqual([{ ...old, found: 'v2.10.2' }])
  expect(await problemsOf(() => requireCompose('2.23.3'))).toEqual([{ ...old, found: '2.23.3' }])
  expect(await requireCompose('2.24.0-desktop.1')).toBe('2.24.0-desktop.1')
})

test('what is no model is no answer, whatever the exit code', async () => {
  dockerIs('[ "$2" != version ] || { echo Docker Compose version v2.26.1; exit; }; echo no model')
  expect(await problemsOf(() => readComposeModel(FILES))).toEqual([
    { code: 'compose-refused', files: FILES.files, detail: 'no model' },
  ])
  dockerIs('[ "$2" != version ] || { echo Docker Compose version v2.5.0; exit; }; echo no model')
  expect(await problemsOf(() => readComposeModel(FILES))).toMatchObject([{ code: 'compose-old', found: 'v2.5.0' }])
})

test('why there is no Compose is not what the client warns of before', async () => {
  dockerIs('echo "WARNING: Error loading config file" >&2; echo "docker: unknown command: docker compose" >&2; exit 1')
  expect(await problemsOf(() => readComposeModel(FILES))).toEqual([
    { code: 'compose-missing', detail: 'docker: unknown command: docker compose' },
  ])
})
