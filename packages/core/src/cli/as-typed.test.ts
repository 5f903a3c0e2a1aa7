import { describe, expect, test } from 'vitest'
import { asTyped, formOf } from './as-typed.js'
import { createProgram } from './program.js'

describe('a command in a message', () => {
  test('is typed with --prefix where the package of a checkout runs', () => {
    const form = formOf('/src/discovery/devenv/node_modules/@devenv/core/bin/devenv.js', '/src/discovery')
    expect(asTyped('hello keeps running; `devenv stop` stops it', form)).toBe(
      'hello keeps running; `npx --prefix devenv devenv stop` stops it',
    )
    expect(formOf('/src/discovery/devenv/node_modules/.bin/devenv', '/src/discovery/course_discovery')).toBe(
      'npx --prefix ../devenv devenv',
    )
    expect(formOf("/src/it's mine/devenv/node_modules/.bin/devenv", '/src')).toBe(
      `npx --prefix 'it'\\''s mine/devenv' devenv`,
    )
  })

  test('stays as it is in this repository', () => {
    expect(formOf('/src/repository/packages/core/bin/devenv.js', '/src/repository')).toBe('devenv')
    expect(asTyped('devenv doctor   looks for the cause.', 'devenv')).toBe('devenv doctor   looks for the cause.')
  })

  test.each(createProgram().commands.map((command) => [command.name()]))('is known: %s', (name) => {
    expect(asTyped(`or: devenv ${name}`, 'npx x')).toBe(`or: npx x ${name}`)
  })

  test('is none where devenv is who acts, or part of a path', () => {
    for (const text of [
      'devenv starts it',
      'devenv cannot read it',
      'cd devenv && npm ci',
      '.dev/devenv stop',
      '@x/devenv lock',
    ])
      expect(asTyped(text, 'npx x')).toBe(text)
  })
})
