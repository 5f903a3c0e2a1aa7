import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { problemsOf, sampleRecord, sampleSettings, temporaryFolder, writeFiles } from '../../../test/samples.js'
import { CORE_DIRECTORY } from '../../definition/core-directory.js'
import { readPackage } from '../../definition/find-package.js'
import type { Engine } from '../../engine/engine.js'
import type { Context } from '../context.js'
import { writeRecord } from '../data/record.js'
import { identify } from '../environment.js'
import { requireService } from './exec.js'

test('a container that there will never be is refused before anything is started for it', async () => {
  const checkout = writeFiles(temporaryFolder(), { Makefile: '', 'hello/web.py': '' })
  const hello = readPackage(join(CORE_DIRECTORY, '../../examples/hello/environment'))
  const environment = identify(hello, checkout, undefined)
  // No engine: it must not be asked.
  const context: Context = {
    engine: undefined as unknown as Engine,
    environment,
    settings: sampleSettings(),
    report: () => {},
  }
  await requireService(context, 'mysql')
  expect(await problemsOf(() => requireService(context, 'mysq'))).toEqual([
    { code: 'service-unknown', name: 'mysq', known: ['hello', 'mysql', 'redis'] },
  ])
  // What the last start knew needs no look at the files.
  mkdirSync(environment.paths.home, { recursive: true })
  writeRecord(environment, sampleRecord({ configs: { mysq: 'a' } }))
  await requireService(context, 'mysq')
})
