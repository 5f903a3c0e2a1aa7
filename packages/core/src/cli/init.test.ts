import { join } from 'node:path'
import { expect, test } from 'vitest'
import { samplePackage } from '../../test/package.js'
import { problemsOf, temporaryFolder, writeFiles } from '../../test/samples.js'
import { readTargets } from '../checkout/read-targets.js'
import { checkPackage } from './check.js'
import { explainCollisions, initCheckout } from './init.js'

test('init names the targets of a Makefile that devenv replaces, and no other', async () => {
  const checkout = writeFiles(temporaryFolder(), {
    Makefile: 'dev.up:\n\techo up\ndev.shell:\n\techo shell\ndev.clean: dev.up\ndev.help:\n\techo help\n',
  })
  expect(explainCollisions(await readTargets(checkout))).toEqual([
    expect.stringContaining('warning: Makefile:4 has its own dev.shell, which devenv replaces: give it another name'),
  ])
})

test('init and check want a folder, and a checkout that is there', async () => {
  const root = writeFiles(temporaryFolder(), { file: '' })
  const { directory } = samplePackage()
  const lookAt = (name: string) => ({ package: directory, checkout: join(root, name) })
  for (const work of [(name: string) => initCheckout([], lookAt(name)), (name: string) => checkPackage(lookAt(name))]) {
    const looked = { looked: join(root, 'file') }
    expect(await problemsOf(() => work('file'))).toEqual([{ code: 'checkout-no-folder', ...looked }])
    expect(await problemsOf(() => work('none'))).toMatchObject([{ code: 'checkout-missing' }])
  }
})
