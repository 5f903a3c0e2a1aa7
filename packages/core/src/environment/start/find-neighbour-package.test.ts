import { join } from 'node:path'
import { expect, test } from 'vitest'
import { problemsOf, temporaryFolder, writeFiles } from '../../../test/samples.js'
import { findServicePackage } from './find-neighbour-package.js'

const packaged = (name: string, more: object = {}) => ({
  'compose.yaml': '',
  'package.json': JSON.stringify({ name, version: '1.0.0', ...more }),
})
const many = { devenv: { service: { file: 'package.json', matches: '(frontend-.*)' } } }

/** A checkout with these packages in `devenv/node_modules`. */
function checkoutWith(...names: string[]): string {
  const checkout = temporaryFolder()
  for (const name of names) writeFiles(join(checkout, 'devenv/node_modules', name), packaged(name))
  return checkout
}

test('the package of a service is that of the checkout which asks, before one beside core', () => {
  const checkout = checkoutWith('@acme/shop', '@devenv/hello', 'notes')
  const found = (service: string) => findServicePackage(service, { checkout }, service).directory
  expect(found('shop')).toBe(join(checkout, 'devenv/node_modules/@acme/shop'))
  expect(found('notes')).toBe(join(checkout, 'devenv/node_modules/notes'))
  expect(found('hello')).toBe(join(checkout, 'devenv/node_modules/@devenv/hello'))
  expect(found('guestbook')).toMatch(/examples\/guestbook\/environment$/)
})

test('a name that no package has is refused with those that there are; a package for many services is none of these', async () => {
  const checkout = checkoutWith('shop')
  writeFiles(join(checkout, 'devenv/node_modules/workbench'), packaged('workbench', many))
  const [problem] = await problemsOf(() => findServicePackage('workbench', { checkout }, 'workbench@main'))
  expect(problem).toMatchObject({ code: 'neighbour-service-unknown', named: 'workbench@main', isFolder: false })
  const { known } = problem as { known?: string[] }
  expect(known).toContain('shop')
  expect(known).not.toContain('workbench')
})

test.each([
  ['file:../../devenv-shop-1.0.0.tgz', true],
  ['1.0.0', false],
])('where npm has the package of the checkout from %s, another comes from a file: %s', async (version, isPacked) => {
  const checkout = checkoutWith('shop')
  writeFiles(checkout, { 'devenv/package.json': JSON.stringify({ dependencies: { shop: version } }) })
  expect(await problemsOf(() => findServicePackage('no-such', { checkout }, 'no-such@ulmo.4'))).toMatchObject([
    { isPacked },
  ])
})
