import { expect, test } from 'vitest'
import { problemsOf } from '../../../test/samples.js'
import { requirePrograms } from './choose-programs.js'

test('a choice names only programs that there are; all of the others are named at once', async () => {
  requirePrograms(['web'], ['web', 'worker'])
  requirePrograms('all', [])
  expect(await problemsOf(() => requirePrograms(['beat', 'wbe', 'web'], ['web', 'worker']))).toEqual([
    { code: 'programs-unknown', names: ['beat', 'wbe'], known: ['web', 'worker'] },
  ])
})
