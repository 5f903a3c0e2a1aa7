import { existsSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { broken, removing, writing } from '../../../test/rules.js'
import { testEach } from '../../../test/samples.js'
import { OEP5_RULES } from './oep-5.js'
import { PACKAGE_RULES } from './package-rules.js'
import type { Rule } from './rule.js'

const FOLDER = fileURLToPath(new URL('.', import.meta.url))
const isRule = (value: unknown): value is Rule => typeof value === 'object' && value !== null && 'check' in value

/** The rules that the modules of this folder export, by module. */
async function exportedRules(): Promise<{ module: string; rules: Rule[] }[]> {
  const names = readdirSync(FOLDER).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
  const modules = names.map(async (name) => {
    const exported: object = await import(join(FOLDER, name))
    return { module: basename(name, '.ts'), rules: Object.values(exported).filter(isRule) }
  })
  return (await Promise.all(modules)).filter(({ rules }) => rules.length > 0)
}

const ALL = [...OEP5_RULES, ...PACKAGE_RULES]

test('a package that follows the rules breaks none', () => {
  expect(broken({}, ALL)).toEqual([])
})

test('a package is told of everything at once', () => {
  const found = broken({
    change: (root) => {
      removing('Dockerfile')(root)
      writing('Dockerfile.dockerignore', '.git\n')(root)
      removing('image/targets.mk')(root)
      writing('image/supervisor/web.conf', '[program:web]\ncommand=gunicorn\n')(root)
    },
    edit: () => `x-devenv:
  primary: hello
  recognised-by: [Makefile]
  variants: { uv: { recognised-by: [uv.lock] } }
  targets: { test: { about: x, because: x } }
  accounts: [{ what: a, user: b, password: c, port: 1 }]
  provision: [{ name: a, run: [a], when: { stores: [mongo] } }]
services:
  hello:
    image: hello:1
    user: "1"
    command: [sh]
    volumes: [{ type: volume, source: v, target: /v }]
    healthcheck: { test: [CMD, /opt/devenv/bin/answers, "wbe=http://localhost/"] }
  mysql: { image: mysql, scale: 0, logging: { driver: none }, container_name: mysql, network_mode: host, ports: [{ target: 1, host_ip: 0.0.0.0 }] }
`,
  })
  const rules = new Set(found.map((line) => line.split(' ')[0]))
  expect([...rules].sort()).toEqual(OEP5_RULES.map(({ name }) => name).sort())
})

test('the tables hold each rule that a clause exports', async () => {
  const exported = (await exportedRules()).flatMap(({ rules }) => rules.map(({ name }) => name))
  expect(exported.sort()).toEqual(ALL.map(({ name }) => name).sort())
})

test('each clause has its test beside it', async () => {
  const untested = (await exportedRules()).filter(({ module }) => !existsSync(join(FOLDER, `${module}.test.ts`)))
  expect(untested).toEqual([])
})

testEach(ALL)('$name cites its clause and its reason, under a name of its own', ({ name, clause, why }) => {
  expect(ALL.filter((rule) => rule.name === name)).toHaveLength(1)
  expect(clause).toMatch(/^(OEP-5|docs\/add-a-service\.md, )/)
  expect(why).toMatch(/\.$/)
})
