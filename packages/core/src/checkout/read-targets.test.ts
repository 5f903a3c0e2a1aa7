import { expect, test } from 'vitest'
import { temporaryFolder, writeFiles } from '../../test/samples.js'
import { readTargets } from './read-targets.js'

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
