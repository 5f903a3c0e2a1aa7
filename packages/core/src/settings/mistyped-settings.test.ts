import { expect, test } from 'vitest'
import { mistypedSettings } from './mistyped-settings.js'
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
