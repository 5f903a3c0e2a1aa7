import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { isSharedWithShell, readAncestors } from './standard-input.js'

const MAKE = { program: 'make', input: 'pipe' }
const [NPX_SHELL, NPX] = [
  { program: 'dash', input: 'pipe' },
  { program: 'node', input: 'pipe' },
]

test.each([
  { typed: 'in a loop that reads', ancestors: [MAKE, { program: 'bash', input: 'pipe' }], shared: true },
  { typed: 'in a loop, under another make', ancestors: [MAKE, MAKE, { program: 'dash', input: 'pipe' }], shared: true },
  { typed: 'in a script whose input was piped', ancestors: [MAKE, { program: 'zsh', input: 'pipe' }], shared: true },
  { typed: 'at the end of a pipe', ancestors: [MAKE, { program: 'bash', input: 'terminal' }], shared: false },
  {
    typed: 'by npx, at the end of a pipe',
    ancestors: [NPX_SHELL, NPX, { program: 'bash', input: 'terminal' }],
    shared: false,
  },
  {
    typed: 'by npx, in a loop that reads',
    ancestors: [NPX_SHELL, NPX, { program: 'bash', input: 'pipe' }],
    shared: true,
  },
  {
    typed: 'behind timeout, at the end of a pipe',
    ancestors: [MAKE, { program: 'timeout', input: 'pipe' }],
    shared: false,
  },
  {
    typed: 'by a program that is no shell',
    ancestors: [MAKE, { program: 'python3.11', input: 'pipe' }],
    shared: false,
  },
  { typed: 'where nothing is known', ancestors: [{ program: '', input: undefined }], shared: false },
])('an input is shared with a shell, typed $typed: $shared', ({ ancestors, shared }) => {
  expect(isSharedWithShell('pipe', ancestors)).toBe(shared)
})

test.skipIf(!existsSync('/proc/self/exe'))('the processes above ours are found, up to the first', () => {
  const ancestors = readAncestors()
  expect(ancestors[0]?.program).toMatch(/^node/)
  expect(ancestors.length).toBeGreaterThan(1)
})
