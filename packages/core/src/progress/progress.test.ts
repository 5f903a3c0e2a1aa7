import { expect, test } from 'vitest'
import { type Progress, step } from './progress.js'

test('a step is told when it begins, with its cause, and when it ends; what it found is handed on', async () => {
  const told: Progress[] = []
  const found = await step(
    (progress) => told.push(progress),
    'image',
    'a.txt changed',
    async () => {
      expect(told).toHaveLength(1)
      return 42
    },
  )
  expect(found).toBe(42)
  expect(told).toEqual([
    { kind: 'begin', step: 'image', because: 'a.txt changed' },
    { kind: 'end', step: 'image', seconds: expect.any(Number) },
  ])
})

test('a step that fails never ends well', async () => {
  const told: Progress[] = []
  const failing = step(
    (progress) => told.push(progress),
    'image',
    undefined,
    () => Promise.reject(new Error('no')),
  )
  await expect(failing).rejects.toThrow('no')
  expect(told.map(({ kind }) => kind)).toEqual(['begin'])
})
