import { expect, test } from 'vitest'
import { temporaryFolder, writeFiles } from '../../test/samples.js'
import { readTargets } from '../checkout/read-targets.js'
import { explainCollisions } from './init.js'

test('init names the targets of a Makefile that devenv replaces, and no other', async () => {
  const checkout = writeFiles(temporaryFolder(), {
    Makefile: 'dev.up:\n\techo up\ndev.shell:\n\techo shell\ndev.clean: dev.up\ndev.help:\n\techo help\n',
  })
  expect(explainCollisions(await readTargets(checkout))).toEqual([
    expect.stringContaining('warning: Makefile:4 has its own dev.shell, which devenv replaces: give it another name'),
  ])
})
