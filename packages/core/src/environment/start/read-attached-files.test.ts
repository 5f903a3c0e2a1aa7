import { expect, test } from 'vitest'
import { temporaryFolder, writeFiles } from '../../../test/samples.js'
import type { ProvisionStep } from '../../definition/definition.js'
import { readAttachedFiles } from './read-attached-files.js'

const step = (...libraries: string[]) => ({ when: { libraries } }) as unknown as ProvisionStep
const sample = (files: { [path: string]: string }) => writeFiles(temporaryFolder(), files)

test('the files of libraries are named by their library, and are the same wherever it lies', async () => {
  const provision = [step('**/migrations/*.py'), step()]
  const [one, other] = [0, 1].map(() =>
    sample({ 'poll/migrations/0001.py': 'a', 'poll/models.py': '', 'setup.py': '' }),
  )
  const [first, second] = await Promise.all(
    [one, other].map((checkout = '') => readAttachedFiles([{ name: 'xblock-poll', checkout }], { provision })),
  )
  expect(Object.keys(first?.files['**/migrations/*.py']?.contents ?? {})).toEqual([
    'xblock-poll/poll/migrations/0001.py',
  ])
  expect(second?.files).toEqual(first?.files)
  expect(Object.keys(first?.stamps ?? {})).toContain(`${one}/poll/migrations/0001.py`)
})

test('a library without any is as if none were there, and its folders are looked at again', async () => {
  const checkout = sample({ 'poll/models.py': '' })
  const { files, stamps } = await readAttachedFiles([{ name: 'poll', checkout }], {
    provision: [step('**/migrations/*.py')],
  })
  expect(files).toEqual({})
  expect(Object.keys(stamps)).toContain(`${checkout}/poll/`)
})
