import { describe, expect, test } from 'vitest'
import { explainProblem, renderProblem } from './explain-problem.js'
import { DevenvError, type Problem } from './problem.js'

const PLACE = { file: 'compose.yaml', line: 7 }

/** One of each: the compiler asks for those that are missing. */
const SAMPLES: { [Code in Problem['code']]: Extract<Problem, { code: Code }> } = {
  'package-missing': { code: 'package-missing', looked: '/the/package' },
  'package-unknown': { code: 'package-unknown', checkout: '/the/checkout', dependencies: ['@devenv/a', '@devenv/b'] },
  'definition-unreadable': { code: 'definition-unreadable', place: PLACE, detail: 'a key is there twice' },
  'definition-invalid': { code: 'definition-invalid', place: PLACE, at: 'x-devenv.primary', detail: 'must be string' },
  'compose-refused': { code: 'compose-refused', files: ['a.yaml', 'b.yaml'], detail: 'no such network' },
  'rule-broken': {
    code: 'rule-broken',
    rule: 'official-images',
    clause: 'OEP-5 rule 1',
    place: PLACE,
    what: 'mysql is built here.',
    why: 'Nobody maintains it.',
    fix: 'Remove build.',
  },
  'checkout-missing': {
    code: 'checkout-missing',
    service: 'hello',
    looked: '../hello',
    repository: 'https://a.b/hello',
  },
  'checkout-unrecognised': {
    code: 'checkout-unrecognised',
    service: 'hello',
    checkout: '/the/checkout',
    missing: ['Makefile', 'manage.py'],
  },
  'init-unmade': { code: 'init-unmade', checkout: '/the/checkout', detail: 'npm error' },
  'engine-missing': { code: 'engine-missing', endpoint: 'unix:///a.sock', detail: 'ENOENT' },
  'engine-forbidden': { code: 'engine-forbidden', endpoint: 'unix:///a.sock' },
  'engine-remote': { code: 'engine-remote', endpoint: 'ssh://far' },
  'engine-old': { code: 'engine-old', found: '20.10.1', wanted: '25.0.0' },
  'compose-missing': { code: 'compose-missing', detail: 'unknown command' },
  'compose-old': { code: 'compose-old', found: '2.1.0', wanted: '2.24.0' },
  'buildx-missing': { code: 'buildx-missing', detail: 'unknown command' },
  'engine-refused': { code: 'engine-refused', doing: 'start it', detail: 'no space left' },
  'input-missing': { code: 'input-missing', file: '/core/image', needed: 'the build context core' },
  'build-failed': { code: 'build-failed', image: 'devenv/hello:inputs-0', detail: 'exit 1' },
  'image-unavailable': {
    code: 'image-unavailable',
    images: ['mysql:8.4.9', 'redis:7.4.5'],
    mirror: 'mirror.example.com',
    detail: 'timeout',
  },
  'port-taken': { code: 'port-taken', port: 18000, holder: 'nginx (process 7)' },
  'ports-exhausted': { code: 'ports-exhausted', from: 23000, to: 27999 },
  'store-in-use': { code: 'store-in-use', data: '/the/data', holder: '/other/checkout' },
  'store-foreign': { code: 'store-foreign', store: '/the/store', wrote: 'mysql 8.0', wants: 'mysql 8.4' },
  'data-unusable': { code: 'data-unusable', path: '/the/data', detail: 'it is a symbolic link' },
  'container-exited': {
    code: 'container-exited',
    container: 'mysql',
    exitCode: 137,
    log: ['one', 'two'],
    left: 'All is left.',
  },
  'not-healthy': {
    code: 'not-healthy',
    container: 'mysql',
    seconds: 61.2,
    probe: 'exit 1: refused',
    log: ['one', 'two'],
    left: 'All is left.',
  },
  'container-gone': { code: 'container-gone', container: 'mysql' },
  'checkout-unmountable': { code: 'checkout-unmountable', checkout: '/a:b' },
  'not-ready': { code: 'not-ready', container: 'hello', log: ['one', 'two'] },
  'provision-failed': { code: 'provision-failed', step: 'migrations', exitCode: 3, log: ['one', 'two'] },
  'not-running': { code: 'not-running', service: 'mysql', project: 'devenv-hello-0' },
  busy: { code: 'busy', data: '/the/data' },
  'service-unknown': { code: 'service-unknown', name: 'mysq', known: ['mysql', 'redis'] },
  'program-unknown': { code: 'program-unknown', name: 'wrok', known: ['web', 'worker'] },
  'target-missing': { code: 'target-missing' },
  'no-terminal': { code: 'no-terminal', command: 'devenv debug web' },
  usage: { code: 'usage', detail: 'exec needs a command.', see: 'devenv exec --help' },
}

/** The build’s last words stand above: Buildx printed them. */
const NOT_SHOWN = new Set(['build-failed.detail'])

const EVERY = Object.entries(SAMPLES) as [Problem['code'], Problem][]

describe.each(EVERY)('%s', (code, problem) => {
  test('says what happened, why, and what mends it', () => {
    expect(problem.code).toBe(code)
    for (const text of Object.values(explainProblem(problem))) {
      expect(text.trim()).not.toBe('')
      expect(text).not.toMatch(/undefined|\[object|NaN/)
    }
  })

  test('is printed under its code', () => {
    const [first, ...rest] = renderProblem(problem).split('\n')
    expect(first).toBe(code)
    for (const line of rest) expect(line).toMatch(/^ {2}/)
    for (const word of ['what', 'why', 'fix']) expect(rest.some((line) => line.startsWith(`  ${word} `))).toBe(true)
  })

  test('names everything that it knows', () => {
    const text = renderProblem(problem)
    for (const [key, value] of Object.entries(problem)) {
      if (NOT_SHOWN.has(`${code}.${key}`)) continue
      for (const part of [value].flat()) if (typeof part === 'string') expect(text).toContain(part.split('\n')[0])
    }
  })
})

test('what is optional leaves no hole', () => {
  const problems: Problem[] = [
    { code: 'checkout-missing', service: 'hello', looked: '/x/hello', repository: undefined },
    { code: 'port-taken', port: 18000, holder: undefined },
    { code: 'image-unavailable', images: ['a'], mirror: undefined, detail: 'x' },
    { code: 'definition-unreadable', place: { file: 'compose.yaml' }, detail: 'x' },
    { code: 'container-exited', container: 'mysql', exitCode: 1, log: [], left: 'x' },
    { code: 'program-unknown', name: 'x', known: [] },
    { code: 'package-unknown', checkout: '/x', dependencies: [] },
  ]
  for (const problem of problems) expect(renderProblem(problem)).not.toMatch(/undefined|: \.|\(\)/)
})

test('a place is file and line, as an editor opens it', () => {
  expect(explainProblem(SAMPLES['rule-broken']).what).toContain('compose.yaml:7')
})

test('a path in a command is quoted as a shell needs it', () => {
  const fix = (looked: string) => explainProblem({ ...SAMPLES['checkout-missing'], looked }).fix
  expect(fix('/plain/path')).toContain(' /plain/path\n')
  expect(fix("/my code/it's")).toContain(`'/my code/it'\\''s'`)
})

test('several lines stay under their word', () => {
  const text = renderProblem({ code: 'not-ready', container: 'hello', log: ['one', 'two'] })
  expect(text).toMatch(/^ {2}why {2}.*\n {7} {2}one\n {7} {2}two$/m)
})

test('an error carries all its problems, and their codes as its message', () => {
  const error = new DevenvError(SAMPLES['port-taken'], SAMPLES.busy)
  expect(error.problems).toEqual([SAMPLES['port-taken'], SAMPLES.busy])
  expect(error.message).toBe('port-taken, busy')
  expect(error).toBeInstanceOf(Error)
})
