import { describe, expect, test } from 'vitest'
import { asTyped, type Called, formOf } from './as-typed.js'
import { createProgram } from './program.js'

const CALLED: Called = {
  script: '/src/discovery/devenv/node_modules/@devenv/core/bin/devenv.js',
  words: ['status'],
  directory: '/src/discovery',
  make: undefined,
  from: undefined,
  options: undefined,
}
const typed = (text: string, called: Partial<Called>) => asTyped(text, formOf({ ...CALLED, ...called }))
const MADE = { make: '', from: '/src/discovery' }

describe('a command in a message', () => {
  test('is typed with --prefix where somebody called the package of a checkout so', () => {
    expect(typed('hello keeps running; `devenv stop` stops it', {})).toBe(
      'hello keeps running; `npx --prefix devenv devenv stop` stops it',
    )
    expect(typed('devenv stop', { directory: '/src/discovery/course_discovery' })).toBe(
      'npx --prefix ../devenv devenv stop',
    )
    expect(typed('devenv stop', { script: "/src/it's mine/devenv/node_modules/.bin/devenv", directory: '/src' })).toBe(
      `npx --prefix 'it'\\''s mine/devenv' devenv stop`,
    )
  })

  test('names the checkout and the package that were named', () => {
    const script = '/src/repository/packages/core/bin/devenv.js'
    const words = ['--package', 'examples/hello/environment', '--checkout=../my hello', 'stop', '--offline']
    expect(typed('`devenv start` starts them', { script, directory: '/src/repository', words })).toBe(
      "`node packages/core/bin/devenv.js --package examples/hello/environment '--checkout=../my hello' start` starts them",
    )
  })

  test('names the package where npx has fetched it for this once', () => {
    const script = '/home/ada/.npm/_npx/0f1e/node_modules/.bin/devenv-edx-platform'
    expect(typed('its debugger: devenv editor vscode', { script, words: ['init'] })).toBe(
      'its debugger: npx @devenv/edx-platform editor vscode',
    )
  })

  test('is devenv where that is on the PATH', () => {
    expect(typed('devenv doctor   looks for the cause.', { script: '/usr/local/bin/devenv' })).toBe(
      'devenv doctor   looks for the cause.',
    )
  })

  test.each([
    ['hello keeps running; `devenv stop` stops it', 'hello keeps running; `make devenv.stop` stops it'],
    ['`devenv watch` replaces it', '`make dev.watch` replaces it'],
    ['to run all: devenv start --programs all', "to run all: make devenv.start ARGS='--programs all'"],
    ['or: devenv exec -- make test', "or: make devenv.exec ARGS='-- make test'"],
    ['devenv exec [SERVICE] -- COMMAND', "make devenv.exec ARGS='[SERVICE] -- COMMAND'"],
    ["devenv exec -- sh -c 'a  $b'", `make devenv.exec ARGS='-- sh -c '\\''a  $$b'\\'''`],
    ['devenv clean STORE, with one of these', 'make dev.clean ARGS=STORE, with one of these'],
    ['devenv clean mysql-8.4   removes these', 'make dev.clean ARGS=mysql-8.4   removes these'],
    ['devenv init ./core.tgz ./a.tgz', "make devenv.init ARGS='./core.tgz ./a.tgz'"],
    ['Start again: devenv start.', 'Start again: make devenv.start.'],
    ['(`devenv logs --help` lists its options)', '(`make devenv.logs ARGS=--help` lists its options)'],
    ['(`devenv --help` lists the commands)', '(`make dev.help` lists the commands)'],
    ['devenv make TARGET [VAR=value…]', 'make dev.TARGET [VAR=value…]'],
    ['devenv make clean', 'make devenv.make ARGS=clean'],
    ['devenv make clean_static', 'make dev.clean_static'],
    ['devenv make --list   prints them', 'make dev.help   prints them'],
  ])('%j is %j where make called', (text, expected) => {
    expect(typed(text, MADE)).toBe(expected)
  })

  test('is typed with -C where make was called elsewhere', () => {
    expect(typed('devenv stop', { make: '', from: '/src' })).toBe('make -C /src/discovery devenv.stop')
    expect(typed('devenv stop', { make: '', from: '' })).toBe('make devenv.stop')
  })

  test('has the variables that were typed to make', () => {
    const here = { make: "SERVICE='hello' CHECKOUT='../my hello'", from: CALLED.directory, options: 'SERVICE CHECKOUT' }
    expect(typed('`devenv stop` stops it', here)).toBe(
      "`make devenv.stop SERVICE=hello CHECKOUT='../my hello'` stops it",
    )
    expect(typed('devenv stop --checkout=/other\nor', here)).toBe('make devenv.stop SERVICE=hello CHECKOUT=/other\nor')
    expect(typed('or name another: --checkout=PATH', here)).toBe('or name another: CHECKOUT=PATH')
    expect(typed('Name one: --package PATH', here)).toBe('Name one: SERVICE=NAME')
    expect(typed('or name another: --checkout=PATH', MADE)).toBe('or name another: --checkout=PATH')
  })

  test.each(createProgram().commands.map((command) => [command.name()]))('is known: %s', (name) => {
    expect(asTyped(`or: devenv ${name}`, { do: 'command', words: 'npx x' })).toBe(`or: npx x ${name}`)
  })

  test('is none where devenv is who acts, or part of a path', () => {
    for (const text of [
      'devenv starts it',
      'devenv cannot read it',
      'cd devenv && npm ci',
      '.dev/devenv stop',
      '@x/devenv lock',
      'make devenv.stop',
    ])
      expect(asTyped(text, { do: 'command', words: 'npx x' })).toBe(text)
  })
})
