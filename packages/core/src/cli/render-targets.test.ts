import { expect, test } from 'vitest'
import { renderTargets } from './render-targets.js'

const COMMANDS = [
  { name: 'watch', summary: 'start and show' },
  { name: 'make', summary: 'run a target' },
  { name: 'stop', summary: 'stop the containers' },
]
const TARGETS = [
  { name: 'dev.up', about: 'the team’s own', recipe: undefined },
  { name: 'static', about: undefined, recipe: undefined },
  { name: 'test', about: 'run the tests', recipe: undefined },
]

test('make dev.help lists what make takes: ours, the checkout’s, and those that the package supplies', () => {
  const declared = {
    static: { about: 'collect files', because: 'The image has them built.', environment: {}, needs: undefined },
    test: { environment: { CI: '1' }, needs: [] },
  }
  expect(renderTargets(COMMANDS, TARGETS, declared, { do: 'make', make: 'make', variables: '', options: [] })).toEqual([
    'Of devenv:',
    '  make dev.watch    start and show',
    '  make dev.TARGET   run a target',
    '  make devenv.stop  stop the containers',
    'In the environment:',
    '  make dev.test  run the tests',
    'Supplied by the environment package:',
    '  make dev.static  collect files',
    'On this machine, of the checkout’s own Makefile:',
    '  make dev.up  the team’s own',
  ])
})

test('the same is told to somebody who types devenv itself', () => {
  expect(renderTargets(COMMANDS, [], {}, { do: 'command', words: 'npx --prefix devenv devenv' })[2]).toBe(
    '  npx --prefix devenv devenv make TARGET  run a target',
  )
})
