import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { problemsOf, sampleRecord, sampleSettings, temporaryFolder, writeFiles } from '../../../test/samples.js'
import { CORE_DIRECTORY } from '../../definition/core-directory.js'
import { readPackage } from '../../definition/find-package.js'
import type { Engine } from '../../engine/engine.js'
import type { Progress } from '../../progress/progress.js'
import type { Context } from '../context.js'
import { createDataDirectory } from '../data/data-directory.js'
import { writeRecord } from '../data/record.js'
import { identify } from '../environment.js'
import { openNeighbourhood } from './open-neighbourhood.js'

/** A checkout of hello with a library beside it, and what was told. */
function sample(): { context: Context; ciao: string; notes: () => string } {
  const root = writeFiles(temporaryFolder(), {
    'hello/Makefile': '',
    'hello/hello/web.py': '',
    'hello/hello/greetings.py': '',
    'ciao/setup.py': "setup(\n    name='ciao')\n",
  })
  const hello = readPackage(join(CORE_DIRECTORY, '../../examples/hello/environment'))
  const told: Progress[] = []
  const context: Context = {
    engine: undefined as unknown as Engine,
    environment: identify(hello, join(root, 'hello'), undefined),
    settings: sampleSettings(),
    report: (progress) => void told.push(progress),
  }
  const notes = () => told.flatMap((each) => (each.kind === 'note' ? [each.text] : [])).join('\n')
  return { context, ciao: join(root, 'ciao'), notes }
}

/** `setup.py` is a folder: a test that runs as root may read every file. */
function breakSetup(ciao: string): void {
  rmSync(join(ciao, 'setup.py'))
  mkdirSync(join(ciao, 'setup.py'))
}

test('a library whose setup.py cannot be read is refused where a person names it', async () => {
  const { context, ciao } = sample()
  breakSetup(ciao)
  const named = { ...context, settings: sampleSettings({ with: [ciao] }) }
  const [problem] = await problemsOf(() => openNeighbourhood(named, 'look'))
  expect(problem).toMatchObject({ code: 'file-unusable', path: join(ciao, 'setup.py') })
})

test('a library that is remembered and whose setup.py cannot be read is told, and is no obstacle', async () => {
  const { context, ciao, notes } = sample()
  createDataDirectory(context.environment)
  const { settings } = sampleRecord()
  writeRecord(context.environment, sampleRecord({ settings: { ...settings, with: [ciao] } }))
  const opened = async () => (await openNeighbourhood(context, 'look')).members.map(({ libraries }) => libraries)
  expect(await opened()).toEqual([[{ name: 'ciao', checkout: ciao }]])
  breakSetup(ciao)
  expect(await opened()).toEqual([[]])
  expect(notes()).toContain(`devenv cannot read ${ciao}/setup.py. devenv starts without it`)
})

test.each([
  { title: 'one of Node', text: '{"main":"dist/index.js"}', expected: { code: 'library-refused', kind: 'node' } },
  {
    title: 'what exports nothing, which is none',
    text: '{ "private": true }',
    expected: { code: 'neighbour-unknown' },
  },
])('a library of another kind than the service takes is refused: $title', async ({ text, expected }) => {
  const { context, ciao } = sample()
  rmSync(join(ciao, 'setup.py'))
  writeFiles(ciao, { 'package.json': text })
  const named = { ...context, settings: sampleSettings({ with: [ciao] }) }
  expect(await problemsOf(() => openNeighbourhood(named, 'look'))).toMatchObject([expected])
})
