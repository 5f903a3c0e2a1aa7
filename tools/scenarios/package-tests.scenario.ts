import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { REPOSITORY } from './checkout.js'
import { listPackageTests, type PackageTest, runPackageTest } from './package-tests.js'

for (const each of listPackageTests(REPOSITORY))
  test(each.path, async ({ skip }) => {
    const { checkout } = each
    if (checkout === undefined)
      return skip('there is neither test/miniature nor the clone that is usual for this package')
    const { exitCode, written } = await runPackageTest({ ...each, checkout })
    expect(exitCode, written).toBe(0)
  })

/** The tests of a repository with one package, whose miniature has one file. */
function testsOf(files: { [path: string]: string }): PackageTest[] {
  const repository = mkdtempSync(join(tmpdir(), 'devenv-package-tests-'))
  onTestFinished(() => rmSync(repository, { recursive: true }))
  const all = {
    'package.json': '{ "name": "@devenv/shop", "version": "1.0.0" }',
    'compose.yaml': `\${DEVENV_CHECKOUT:-../../../shop}`,
    ...files,
  }
  for (const [path, text] of Object.entries(all)) {
    const file = join(repository, 'packages/shop', path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
  return listPackageTests(repository)
}

test('shell scripts and tests for pytest beside a package are found, and nothing else', () => {
  const found = testsOf({ 'test/a.sh': '', 'test/test_b.py': '', 'test/helpers.py': '', 'test/miniature/c.sh': '' })
  expect(found.map(({ path, argv }) => [path, argv[0]])).toEqual([
    ['packages/shop/test/a.sh', 'sh'],
    ['packages/shop/test/test_b.py', 'python3'],
  ])
  // No clone of the shop is there.
  expect(testsOf({ 'test/a.sh': '' }).map(({ checkout }) => checkout)).toEqual([undefined])
})

test('one runs in a copy of the miniature, with its commands, and what it wrote is told', async () => {
  const script = `cat page; eventually sh -c 'echo x >> tries; test "$(wc -l < tries)" -eq 3; cat tries'
devenv --version > /dev/null && command -v address && echo "package $DEVENV_PACKAGE" >&2; exit 3`
  const [found] = testsOf({ 'test/a.sh': script, 'test/miniature/page': 'a page\n' })
  if (found?.checkout === undefined) throw new Error('it was not found')
  const { exitCode, written } = await runPackageTest({ ...found, checkout: found.checkout })
  expect(exitCode, written).toBe(3)
  expect(written).toMatch(/^a page\n(x\n)+.*bin\/address\n/)
  expect(written).toContain(`package ${found.package}\n`)
})

test('what never succeeds is told with what it said', async () => {
  const script = 'EVENTUALLY_SECONDS=1 eventually sh -c "echo refused; exit 1"'
  const [found] = testsOf({ 'test/a.sh': script, 'test/miniature/page': '' })
  if (found?.checkout === undefined) throw new Error('it was not found')
  const { exitCode, written } = await runPackageTest({ ...found, checkout: found.checkout })
  expect(exitCode).toBe(1)
  expect(written).toMatch(/it never succeeded: sh -c echo refused; exit 1\nrefused\n$/)
})
