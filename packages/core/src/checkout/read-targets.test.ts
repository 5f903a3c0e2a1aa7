import { expect, test } from 'vitest'
import { temporaryFolder, writeFiles } from '../../test/samples.js'
import { runCommand } from '../process/run-command.js'
import { DATABASE, knownBeside, readTargets } from './read-targets.js'

test('the targets of a Makefile are those that it has by name, also from files that it includes', async () => {
  const checkout = writeFiles(temporaryFolder(), {
    Makefile:
      'A := b\ninclude more.mk\n.PHONY: test\ntest: data ## run the tests\n\t@touch ran\ndata:\n\t@touch ran\n%.css: %.less\n\ttouch ran\n',
    'more.mk': 'ifndef DEVENV_CONTAINER\nhere:\nendif\nlint quality:: ## look at the style\n\t@touch ran\n',
    'main.less': '',
  })
  expect(await readTargets(checkout)).toEqual([
    { name: 'data', about: undefined, recipe: { file: 'Makefile', line: 7 } },
    { name: 'lint', about: 'look at the style', recipe: { file: 'more.mk', line: 5 } },
    { name: 'quality', about: 'look at the style', recipe: { file: 'more.mk', line: 5 } },
    { name: 'test', about: 'run the tests', recipe: { file: 'Makefile', line: 5 } },
  ])
})

test.each(['', '  no target\n', 'include missing.mk\n'])('a Makefile %j has none', async (text) => {
  expect(await readTargets(writeFiles(temporaryFolder(), text === '' ? {} : { Makefile: text }))).toEqual([])
})

test('a target that a Makefile has neither by name nor by a pattern is known to be none', async () => {
  const Makefile = 'test:\n\t@true\ndocs-%:\n\t@true\n%.css: %.less\n\t@true\n'
  const { stdout } = await runCommand({ argv: DATABASE, cwd: writeFiles(temporaryFolder(), { Makefile }) })
  expect(knownBeside('tset', stdout)).toEqual(['test'])
  for (const target of ['test', 'docs-html', 'main.css']) expect(knownBeside(target, stdout)).toBeUndefined()
  expect(knownBeside('test', 'make: not found')).toBeUndefined()
})
