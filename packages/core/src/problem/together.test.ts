import { expect, test } from 'vitest'
import { problemsOf } from '../../test/samples.js'
import { DevenvError, type Problem } from './problem.js'
import { together } from './together.js'

const BUSY: Problem = { code: 'busy', data: '/data' }
const TAKEN: Problem = { code: 'port-taken', port: 3306, holder: undefined }
const refuse = (problem: Problem) => Promise.reject(new DevenvError(problem))

test('all questions are answered, in their order', async () => {
  expect(await together(Promise.resolve(1), Promise.resolve('two'))).toEqual([1, 'two'])
})

test('the problems of all are told together', async () => {
  expect(await problemsOf(() => together(refuse(BUSY), Promise.resolve(1), refuse(TAKEN)))).toEqual([BUSY, TAKEN])
})

test('an unexpected error is not hidden among them', async () => {
  await expect(together(refuse(BUSY), Promise.reject(new TypeError('ours')))).rejects.toThrow('ours')
})
