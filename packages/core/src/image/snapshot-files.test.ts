import { expect } from 'vitest'
import { testEach } from '../../test/samples.js'
import { widenedGlobs } from './snapshot-files.js'

testEach([
  { glob: 'hello/migrations/*.sql', widened: ['hello/migrations/*.sql'] },
  { glob: '{lms,cms}/**/migrations/*.py', widened: ['lms/**/migrations/*.py', 'cms/**/migrations/*.py'] },
  { glob: '{a,b/{c,d}}/x', widened: ['a/x', 'a/x', 'b/c/x', 'b/d/x'] },
  { glob: 'a/@(b|c)/!(d).py', widened: ['a/*/*.py'] },
])('a glob as an image can look for it: $glob', ({ glob, widened }) => {
  expect([...new Set(widenedGlobs(glob))].sort()).toEqual([...new Set(widened)].sort())
})
