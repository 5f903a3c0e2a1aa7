// @ts-check
// Each environment package, in each of its variants, keeps each rule of `devenv check`: those of OEP-5, and those of
// docs/add-a-service.md. A new package is found by its compose.yaml. No engine is needed: Compose alone resolves the files.

import { existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'
import { listBeside, readExtension } from '../packages/core/src/definition/extension.ts'
import { readPackage } from '../packages/core/src/definition/find-package.ts'
import { readDefinition } from '../packages/core/src/definition/read-definition.ts'
import { OEP5_RULES } from '../packages/core/src/definition/rules/oep-5.ts'
import { PACKAGE_RULES } from '../packages/core/src/definition/rules/package-rules.ts'
import { DevenvError } from '../packages/core/src/problem/problem.ts'

const REPOSITORY = fileURLToPath(new URL('..', import.meta.url))
const FOLDERS = ['packages', 'examples'].flatMap((parent) =>
  readdirSync(join(REPOSITORY, parent)).flatMap((name) => [`${parent}/${name}`, `${parent}/${name}/environment`]),
)
const PACKAGES = FOLDERS.filter((folder) => existsSync(join(REPOSITORY, folder, 'compose.yaml')))

const RULES = [...OEP5_RULES, ...PACKAGE_RULES]

/** The rules that docs/oep-5.md speaks of, each in backquotes. */
const DOCUMENTED = readFileSync(join(REPOSITORY, 'docs/oep-5.md'), 'utf8')

/** A package that cannot be read keeps no rule: all else that is wrong with one. */
const OTHERWISE = { name: 'can-be-read', clause: 'OEP-5' }

/** @param {import('../packages/core/src/problem/problem.ts').Problem} problem */
const ruleOf = (problem) => (problem.code === 'rule-broken' ? problem.rule : OTHERWISE.name)

/**
 * @param {import('../packages/core/src/definition/definition.ts').EnvironmentPackage} found
 * @param {string | undefined} variant
 */
async function readProblems(found, variant) {
  const checkout = realpathSync(mkdtempSync(join(tmpdir(), 'devenv-oep-5-')))
  try {
    const where = { checkout, project: found.service, stores: join(checkout, 'stores') }
    await readDefinition(
      { package: found, variant, beside: listBeside(found), ...where, mirror: undefined, variables: {} },
      RULES,
    )
    return []
  } catch (error) {
    if (error instanceof DevenvError) return error.problems
    throw error
  } finally {
    rmSync(checkout, { recursive: true })
  }
}

test('there are environment packages to look at', () => {
  expect(PACKAGES).toEqual(expect.arrayContaining(['packages/edx-platform', 'examples/hello/environment']))
})

for (const { name } of RULES)
  test(`docs/oep-5.md speaks of ${name}`, () => {
    expect(DOCUMENTED).toContain(`\`${name}\``)
  })

for (const folder of PACKAGES) {
  const found = readPackage(join(REPOSITORY, folder))
  const variants = Object.keys(readExtension(found).variants ?? {})

  for (const variant of variants.length === 0 ? [undefined] : variants)
    describe(variant === undefined ? folder : `${folder}, ${variant}`, () => {
      /** @type {readonly import('../packages/core/src/problem/problem.ts').Problem[]} */
      let problems = []
      beforeAll(async () => {
        problems = await readProblems(found, variant)
      }, 60_000)

      for (const { name, clause } of [...RULES, OTHERWISE])
        test(`${clause}: ${name}`, () => {
          expect(problems.filter((problem) => ruleOf(problem) === name)).toEqual([])
        })
    })
}
