import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { version } from '../src/cli/version.js'
import type { Definition } from '../src/definition/definition.js'
import { checkRules, parseDefinition } from '../src/definition/read-definition.js'
import { OEP5_RULES } from '../src/definition/rules/oep-5.js'
import { PACKAGE_RULES } from '../src/definition/rules/package-rules.js'
import type { Rule } from '../src/definition/rules/rule.js'
import { parseSource } from '../src/definition/source.js'
import { temporaryFolder, testEach, writeFiles } from './samples.js'

const CHECKOUT = '/home/dev/hello'
const STORES = `${CHECKOUT}/.dev/devenv/stores`

// Written in full: what a test changes in it, it changes by text, so that lines are those of a real file.
export const COMPOSE = `name: hello
x-devenv:
  primary: hello
  recognised-by: [Makefile]
  targets:
    test: { needs: [mysql], about: run all, because: there is none }
  provision:
    - name: migrations
      run: [migrate]
      when: { stores: [mysql] }
services:
  hello:
    image: devenv/hello
    build: { context: /home/dev/hello }
    working_dir: /edx/app/hello
    volumes:
      - { type: bind, source: /home/dev/hello, target: /edx/app/hello }
    ports: [{ target: 8000 }]
    healthcheck: { test: [CMD, "true"], start_period: 60s, start_interval: 200ms }
    depends_on: { mysql: { condition: service_healthy } }
  mysql:
    image: docker.io/library/mysql:8.4.9
    labels: { org.openedx.devenv.store-version: "2" }
    volumes:
      - { type: bind, source: /home/dev/hello/.dev/devenv/stores/mysql, target: /var/lib/mysql }
    healthcheck: { test: [CMD, "true"], start_period: 60s, start_interval: 200ms }
`
export const FILES = {
  'compose.yaml': COMPOSE,
  'package.json': `{
  "name": "@devenv/hello",
  "version": "1.0.0",
  "dependencies": {
    "@devenv/core": "${version()}"
  },
  "bin": { "devenv-hello": "bin/devenv-hello.js" }
}
`,
  'bin/devenv-hello.js': '',
  Dockerfile: `FROM debian:12 AS dev
COPY requirements.txt /tmp/
COPY --from=core . /opt/devenv/
RUN sh /opt/devenv/build/install
COPY --from=package . /etc/devenv/
WORKDIR /edx/app/hello
ENTRYPOINT ["/opt/devenv/bin/entrypoint"]
`,
  'Dockerfile.dockerignore': '# what counts\n\n*\n!requirements.txt\n',
  'image/supervisor/web.conf': '; the server\n[program:web]\ncommand=gunicorn --bind 0.0.0.0:8000\n',
  'image/targets.mk': '.PHONY: test\ntest:\n\tpytest\n',
}

export const [IMAGE, MYSQL_IMAGE] = ['    image: devenv/hello\n', '    image: docker.io/library/mysql:8.4.9\n']
export const BUILD = 'build: { context: /home/dev/hello }'
export const RECOGNISED = '  recognised-by: [Makefile]\n'
export const MOUNT = '{ type: bind, source: /home/dev/hello, target: /edx/app/hello }'
export const STORE = '{ type: bind, source: /home/dev/hello/.dev/devenv/stores/mysql, target: /var/lib/mysql }'
export const HEALTH = '    healthcheck: { test: [CMD, "true"], start_period: 60s, start_interval: 200ms }\n'

/** Another service of ours beside the primary. */
export const SHOP = `  shop:
    image: ghcr.io/openedx/devenv/shop-snapshot:1.2
    working_dir: /edx/app/shop
    volumes: [{ type: bind, source: /home/dev/hello, target: /edx/src/hello }]
    ports: [{ target: 9000 }]
    healthcheck: { test: [CMD, "true"], start_period: 60s, start_interval: 200ms }
`
export const withShop = (shop: string) => (compose: string) =>
  replacing('services:\n', `    - { name: shop, service: shop, run: [fill] }\nservices:\n`)(compose) + shop

/** A text edit that must find its place. */
export const replacing = (before: string, after: string) => (compose: string) => {
  if (!compose.includes(before)) throw new Error(`the sample has no ${before}`)
  return compose.replace(before, after)
}
export const writing = (file: string, text: string) => (root: string) => writeFileSync(join(root, file), text)
export const removing = (file: string) => (root: string) => rmSync(join(root, file), { recursive: true })

/** What a case changes in the package of `FILES`: its files, then the text of its compose.yaml. */
type Change = { title: string; change?: (root: string) => void; edit?: (compose: string) => string }
/** `at` is a line, or a text, for the first line that holds it. */
type Broken = Change & { breaks: { rule: string; file?: string; at?: string | number } }

/** What the package of `FILES`, changed, breaks: `rule file:line`, the file as it is called in the package. */
export function broken({ change, edit }: Omit<Change, 'title'>, rules: readonly Rule[] = OEP5_RULES): string[] {
  const root = writeFiles(temporaryFolder(), FILES)
  change?.(root)
  const text = (edit?.(COMPOSE) ?? COMPOSE).replaceAll('ROOT', root)
  writeFileSync(join(root, 'compose.yaml'), text)
  const source = parseSource(join(root, 'compose.yaml'), text)
  const definition: Definition = parseDefinition(
    { name: '@devenv/hello', version: '1.0.0', service: 'hello', directory: root },
    undefined,
    source.value,
  )
  return checkRules(rules, definition, source, { checkout: CHECKOUT, stores: STORES }).map((problem) => {
    if (problem.code !== 'rule-broken') throw new Error(problem.code)
    expect(problem.what).not.toBe('')
    expect(problem.fix).not.toBe('')
    const file = problem.place.file.slice(root.length + 1)
    return `${problem.rule} ${problem.place.line === undefined ? file : `${file}:${problem.place.line}`}`
  })
}

/** Each rule of a clause is broken, alone, by at least one case. */
export function testRules(rules: readonly Rule[], cases: { breaks: Broken[]; keeps?: Change[] }): void {
  // Those of its kind: a start, or `devenv check` alone, looks for them.
  const [first] = rules
  const kind = [OEP5_RULES, PACKAGE_RULES].find((table) => table.some(({ name }) => name === first?.name))

  test('a case breaks each rule of this clause', () => {
    const tried = new Set(cases.breaks.map(({ breaks }) => breaks.rule))
    expect([...tried].sort()).toEqual(rules.map(({ name }) => name).sort())
  })

  testEach(cases.breaks)('$title breaks one rule, once, with file and line', ({ breaks, ...broke }) => {
    const text = broke.edit?.(COMPOSE) ?? COMPOSE
    if (typeof breaks.at === 'string') expect(text).toContain(breaks.at)
    const line = typeof breaks.at === 'string' ? lineOf(text, breaks.at) : breaks.at
    const place = `${breaks.file ?? 'compose.yaml'}${line === undefined ? '' : `:${line}`}`
    expect(broken(broke, kind)).toEqual([`${breaks.rule} ${place}`])
  })

  testEach(cases.keeps ?? [])('a package may have $title', (kept) => {
    expect(broken(kept, kind)).toEqual([])
  })
}

export const lineOf = (text: string, part: string): number => text.slice(0, text.indexOf(part)).split('\n').length
