import { expect, test } from 'vitest'
import { mistypedSettings, mistypedVariable } from './mistyped-settings.js'
import { foreignIn } from './settings-files.js'

test('a variable of the shell that is nearly the name of a setting is found, and none that scripts may have', () => {
  const known = ['DEVENV_DIR', 'DEVENV_DEBUG', 'DEVENV_WITH', 'DEVENV_MAKE', 'DEVENV_MAKE_FROM', 'DEVENV_MAKE_OPTIONS']
  const foreign = [
    'DEVENV_CHECKOUT',
    'DEVENV_CORE',
    'DEVENV_STORES',
    'DEVENV_IMAGES',
    'DEVENV_MK',
    'DEVENV_KEEP_FAILED',
  ]
  const mistyped = ['DEVENV_PROGRAM', 'DEVENV_MIROR', 'DEVENV_OFFLNE']
  const all = [...known, ...foreign, ...mistyped, 'DEVENVPROGRAM', 'PROGRAM']
  const found = foreignIn(Object.fromEntries(all.map((name) => [name, '1'])))
  expect(found).toEqual([...foreign, ...mistyped])
  expect(mistypedSettings(found)).toEqual([
    { name: 'DEVENV_PROGRAM', meant: 'DEVENV_PROGRAMS' },
    { name: 'DEVENV_MIROR', meant: 'DEVENV_MIRROR' },
    { name: 'DEVENV_OFFLNE', meant: 'DEVENV_OFFLINE' },
  ])
})

test.each([
  ['one of devenv’s own', 'w -- CHEKOUT=../x SERVICE=discovery', { name: 'CHEKOUT', meant: 'CHECKOUT' }],
  ['behind one that is right', ' -- SERVICE=discovery PROGRAM=web', { name: 'PROGRAM', meant: 'PROGRAMS' }],
  ['none, where all are right', ' -- SERVICE=discovery CHECKOUT=/tmp/a WITH= ARGS=-f', undefined],
  ['none of a service’s own', ' -- DISCOVERY_BOWER=skip TOX_ENV=1', undefined],
  ['none in a value', ' -- ARGS=save\\ CHEKOUT=1', undefined],
  ['none among the flags of make', 'k --jobserver-auth=3,4 -j', undefined],
])('of the variables that are typed for make it is %s', (_, flags, found) => {
  expect(mistypedVariable(flags, ['SERVICE', 'CHECKOUT'], false)).toEqual(found)
})

test('a target of the checkout has variables of its own: only those that choose a service and a checkout are looked for', () => {
  expect(mistypedVariable(' -- ARG=1', ['SERVICE', 'CHECKOUT'], true)).toBeUndefined()
  expect(mistypedVariable(' -- ARG=1 SERVIC=discovery', ['SERVICE', 'CHECKOUT'], true)?.meant).toBe('SERVICE')
  expect(mistypedVariable(' -- SERVIC=discovery', [], true)).toBeUndefined()
})
