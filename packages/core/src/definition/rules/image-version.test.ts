import { expect, test } from 'vitest'
import { versionOf } from './image-version.js'

test.each([
  ['docker.io/library/mysql:8.4.9', '8.4.9'],
  [`mysql@sha256:${'a'.repeat(64)}`, 'a'.repeat(64)],
  ['localhost:5000/library/mysql:8.4.9', '8.4.9'],
  ['localhost:5000/mysql', undefined],
  ['mysql', undefined],
  ['mysql:latest', undefined],
  [undefined, undefined],
])('the version of %s is %s', (image, version) => {
  expect(versionOf(image)).toBe(version)
})
