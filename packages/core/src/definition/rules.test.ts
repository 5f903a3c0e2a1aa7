import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { temporaryFolder, testEach, writeFiles } from '../../test/samples.js'
import type { Definition } from './definition.js'
import { checkRules, parseDefinition } from './read-definition.js'
import { OEP5_RULES, versionOf } from './rules.js'
import { parseSource } from './source.js'

const CHECKOUT = '/home/dev/hello'
const STORES = `${CHECKOUT}/.dev/devenv/stores`

// Written in full: what a test changes in it, it changes by text, so that lines are those of a real file.
const COMPOSE = `name: hello
x-devenv:
  primary: hello
  recognised-by: [Makefile]
  targets:
    test: { needs: [mysql], because: there is none }
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
  mysql:
    image: docker.io/library/mysql:8.4.9
    volumes:
      - { type: bind, source: /home/dev/hello/.dev/devenv/stores/mysql, target: /var/lib/mysql }
    healthcheck: { test: [CMD, "true"], start_period: 60s, start_interval: 200ms }
`
const FILES = {
  'compose.yaml': COMPOSE,
  Dockerfile: 'FROM debian:12\nENTRYPOINT ["/opt/devenv/bin/entrypoint"]\n',
  'Dockerfile.dockerignore': '# what counts\n\n*\n!requirements.txt\n',
  'image/supervisor/web.conf': '; the server\n[program:web]\ncommand=/opt/devenv/bin/program web -- gunicorn\n',
  'image/targets.mk': '.PHONY: test\ntest:\n\tpytest\n',
}

/** What the package of `FILES`, changed, breaks: `rule file:line`, the file as it is called in the package. */
function broken(change: (root: string) => void, edit: (compose: string) => string = (compose) => compose): string[] {
  const root = writeFiles(temporaryFolder(), FILES)
  change(root)
  const text = edit(COMPOSE).replaceAll('ROOT', root)
  writeFileSync(join(root, 'compose.yaml'), text)
  const source = parseSource(join(root, 'compose.yaml'), text)
  const definition: Definition = parseDefinition(
    { name: '@devenv/hello', version: '1.0.0', service: 'hello', directory: root },
    undefined,
    source.value,
    [],
  )
  return checkRules(definition, source, { checkout: CHECKOUT, stores: STORES }).map((problem) => {
    if (problem.code !== 'rule-broken') throw new Error(problem.code)
    expect(problem.what).not.toBe('')
    expect(problem.fix).not.toBe('')
    const file = problem.place.file.slice(root.length + 1)
    return `${problem.rule} ${problem.place.line === undefined ? file : `${file}:${problem.place.line}`}`
  })
}
const nothing = () => {}
/** A text edit that must find its place. */
const replacing = (before: string, after: string) => (compose: string) => {
  if (!compose.includes(before)) throw new Error(`the sample has no ${before}`)
  return compose.replace(before, after)
}
/** Another service of ours beside the primary. */
const SHOP = `  shop:
    image: ghcr.io/openedx/devenv/shop-snapshot:1.2
    working_dir: /edx/app/shop
    volumes: [{ type: bind, source: /home/dev/hello, target: /edx/src/hello }]
    ports: [{ target: 9000 }]
    healthcheck: { test: [CMD, "true"], start_period: 60s, start_interval: 200ms }
`
const withShop = (shop: string) => (compose: string) =>
  replacing('services:\n', `    - { name: shop, service: shop, run: [fill] }\nservices:\n`)(compose) + shop
const lineOf = (text: string, part: string) => text.slice(0, text.indexOf(part)).split('\n').length
const writing = (file: string, text: string) => (root: string) => writeFileSync(join(root, file), text)
const removing = (file: string) => (root: string) => rmSync(join(root, file), { recursive: true })

const [IMAGE, MYSQL_IMAGE] = ['    image: devenv/hello\n', '    image: docker.io/library/mysql:8.4.9\n']
const BUILD = 'build: { context: /home/dev/hello }'
const RECOGNISED = '  recognised-by: [Makefile]\n'
const MOUNT = '{ type: bind, source: /home/dev/hello, target: /edx/app/hello }'
const STORE = '{ type: bind, source: /home/dev/hello/.dev/devenv/stores/mysql, target: /var/lib/mysql }'
const HEALTH = '    healthcheck: { test: [CMD, "true"], start_period: 60s, start_interval: 200ms }\n'

type Broken = {
  title: string
  change?: (root: string) => void
  edit?: (compose: string) => string
  /** `rule file`, or `rule file:text`, the first line that holds the text. */
  breaks: { rule: string; file?: string; at?: string | number }
}
const BROKEN: Broken[] = [
  {
    title: 'a server that is built here',
    edit: replacing(MYSQL_IMAGE, `${MYSQL_IMAGE}    build: { context: . }\n`),
    breaks: { rule: 'official-images', at: 'build: { context: . }' },
  },
  {
    title: 'a server without a version',
    edit: replacing(':8.4.9', ''),
    breaks: { rule: 'official-images', at: 'image: docker.io/library/mysql' },
  },
  {
    title: 'a server at latest',
    edit: replacing(':8.4.9', ':latest'),
    breaks: { rule: 'official-images', at: 'image: docker.io/library/mysql' },
  },
  {
    title: 'a server without an image',
    edit: replacing(MYSQL_IMAGE, ''),
    breaks: { rule: 'official-images', at: '  mysql:\n' },
  },
  {
    title: 'a command that replaces supervisord',
    edit: replacing(IMAGE, `${IMAGE}    command: [gunicorn]\n`),
    breaks: { rule: 'runs-under-supervisor', at: 'command: [gunicorn]' },
  },
  {
    title: 'an entrypoint that replaces supervisord',
    edit: replacing(IMAGE, `${IMAGE}    entrypoint: [sh]\n`),
    breaks: { rule: 'runs-under-supervisor', at: 'entrypoint: [sh]' },
  },
  {
    title: 'no Dockerfile',
    change: removing('Dockerfile'),
    breaks: { rule: 'runs-under-supervisor', file: 'Dockerfile' },
  },
  {
    title: 'an image with another entrypoint',
    change: writing('Dockerfile', 'FROM debian:12\nENTRYPOINT ["gunicorn"]\n'),
    breaks: { rule: 'runs-under-supervisor', file: 'Dockerfile' },
  },
  {
    title: 'no program',
    change: removing('image/supervisor'),
    breaks: { rule: 'runs-under-supervisor', file: 'image/supervisor' },
  },
  {
    title: 'a program that writes elsewhere',
    change: writing('image/supervisor/web.conf', '\n[program:web]\ncommand=gunicorn\n'),
    breaks: { rule: 'logs-to-stdout', file: 'image/supervisor/web.conf', at: 2 },
  },
  {
    title: 'a program that logs under another name',
    change: writing('image/supervisor/web.conf', '[program:web]\ncommand=/opt/devenv/bin/program worker -- gunicorn\n'),
    breaks: { rule: 'logs-to-stdout', file: 'image/supervisor/web.conf', at: 1 },
  },
  {
    title: 'a program with a log file of its own',
    change: writing('image/supervisor/web.conf', `${FILES['image/supervisor/web.conf']}stdout_logfile=/tmp/web.log\n`),
    breaks: { rule: 'logs-to-stdout', file: 'image/supervisor/web.conf', at: 2 },
  },
  {
    title: 'a log driver',
    edit: replacing(MYSQL_IMAGE, `${MYSQL_IMAGE}    logging: { driver: none }\n`),
    breaks: { rule: 'logs-to-stdout', at: 'logging: { driver: none }' },
  },
  {
    title: 'data in a named volume',
    edit: replacing(STORE, '{ type: volume, source: data, target: /var/lib/mysql }'),
    breaks: { rule: 'data-stays-in-data-directory', at: '    volumes:\n      - { type: volume' },
  },
  {
    title: 'data in an anonymous volume',
    edit: replacing(STORE, '{ type: volume, target: /var/lib/mysql }'),
    breaks: { rule: 'data-stays-in-data-directory', at: '    volumes:\n      - { type: volume' },
  },
  {
    title: 'data in another folder of this machine',
    edit: replacing(STORE, '{ type: bind, source: /var/lib/mysql, target: /var/lib/mysql }'),
    breaks: { rule: 'data-stays-in-data-directory', at: '    volumes:\n      - { type: bind, source: /var' },
  },
  {
    title: 'data in a folder whose name begins like the checkout’s',
    edit: replacing(STORE, '{ type: bind, source: /home/dev/hello-data, target: /var/lib/mysql }'),
    breaks: {
      rule: 'data-stays-in-data-directory',
      at: '    volumes:\n      - { type: bind, source: /home/dev/hello-data',
    },
  },
  {
    title: 'a checkout that is mounted elsewhere',
    edit: replacing(MOUNT, '{ type: bind, source: /home/dev/hello, target: /src }'),
    breaks: {
      rule: 'checkout-is-mounted',
      at: '    volumes:\n      - { type: bind, source: /home/dev/hello, target: /src',
    },
  },
  {
    title: 'a checkout that cannot be written',
    edit: replacing(MOUNT, MOUNT.replace(' }', ', read_only: true }')),
    breaks: {
      rule: 'checkout-is-mounted',
      at: '    volumes:\n      - { type: bind, source: /home/dev/hello, target: /edx',
    },
  },
  {
    title: 'no code directory',
    edit: replacing('    working_dir: /edx/app/hello\n', ''),
    breaks: {
      rule: 'checkout-is-mounted',
      at: '    volumes:\n      - { type: bind, source: /home/dev/hello, target: /edx',
    },
  },
  {
    title: 'an image that fixes its tag',
    edit: replacing(IMAGE, '    image: devenv/hello:1.0\n'),
    breaks: { rule: 'image-by-digest', at: 'image: devenv/hello' },
  },
  {
    title: 'no way to build the image',
    edit: replacing('    build: { context: /home/dev/hello }\n', ''),
    breaks: { rule: 'image-by-digest', at: 'image: devenv/hello' },
  },
  {
    title: 'a build of something else than the checkout',
    edit: replacing('context: /home/dev/hello }', 'context: /home/dev/hello/src }'),
    breaks: { rule: 'image-by-digest', at: 'build: { context' },
  },
  ...['context', 'checkout'].map((name) => ({
    title: `a context that is called ${name}`,
    edit: replacing('context: /home/dev/hello }', `context: /home/dev/hello, additional_contexts: { ${name}: /a } }`),
    breaks: { rule: 'image-by-digest', at: 'build: { context' },
  })),
  {
    title: 'a context in the checkout',
    edit: replacing(
      'context: /home/dev/hello }',
      'context: /home/dev/hello, additional_contexts: { a: /home/dev/hello/a } }',
    ),
    breaks: { rule: 'image-by-digest', at: 'build: { context' },
  },
  {
    title: 'a build context that is no allowlist',
    change: writing('Dockerfile.dockerignore', '.git\n'),
    breaks: { rule: 'image-by-digest', file: 'Dockerfile.dockerignore', at: 1 },
  },
  {
    title: 'a build context without limits',
    change: removing('Dockerfile.dockerignore'),
    breaks: { rule: 'image-by-digest', file: 'Dockerfile.dockerignore', at: 1 },
  },
  {
    title: 'a target that is not supplied',
    change: removing('image/targets.mk'),
    breaks: { rule: 'supplied-targets-are-there', at: '    test: {' },
  },
  {
    title: 'a target that only begins like one that is supplied',
    change: writing('image/targets.mk', 'test-all:\n\tpytest\n'),
    breaks: { rule: 'supplied-targets-are-there', at: '    test: {' },
  },
  {
    title: 'a target that is a variable',
    change: writing('image/targets.mk', 'test := pytest\n'),
    breaks: { rule: 'supplied-targets-are-there', at: '    test: {' },
  },
  {
    title: 'a target that needs an unknown server',
    edit: replacing('needs: [mysql]', 'needs: [mysql, mongo]'),
    breaks: { rule: 'supplied-targets-are-there', at: '    test: {' },
  },
  {
    title: 'a step that fills an unknown store',
    edit: replacing('stores: [mysql]', 'stores: [mongo]'),
    breaks: { rule: 'steps-name-services', at: 'name: migrations' },
  },
  {
    title: 'a step that fills the primary service',
    edit: replacing('stores: [mysql]', 'stores: [hello]'),
    breaks: { rule: 'steps-name-services', at: 'name: migrations' },
  },
  {
    title: 'a port that is open to the network',
    edit: replacing('{ target: 8000 }', '{ target: 8000, host_ip: 0.0.0.0, published: "8000" }'),
    breaks: { rule: 'loopback-only', at: 'ports: [' },
  },
  {
    title: 'a port that is open to the network of version 6',
    edit: replacing('{ target: 8000 }', '{ target: 8000, host_ip: "::" }'),
    breaks: { rule: 'loopback-only', at: 'ports: [' },
  },
  {
    title: 'the network of this machine',
    edit: replacing(MYSQL_IMAGE, `${MYSQL_IMAGE}    network_mode: host\n`),
    breaks: { rule: 'loopback-only', at: 'network_mode: host' },
  },
  {
    title: 'a container name that others could have',
    edit: replacing(MYSQL_IMAGE, `${MYSQL_IMAGE}    container_name: edx.devstack.mysql\n`),
    breaks: { rule: 'takes-nothing-of-others', at: 'container_name:' },
  },
  {
    title: 'a user that cannot be mapped',
    edit: replacing(IMAGE, `${IMAGE}    user: "1000"\n`),
    breaks: { rule: 'owner-is-mapped', at: 'user: "1000"' },
  },
  {
    title: 'no health check',
    edit: (compose) => compose.slice(0, compose.lastIndexOf(HEALTH)),
    breaks: { rule: 'health-is-known', at: '  mysql:\n' },
  },
  {
    title: 'a health check that is switched off',
    edit: replacing(HEALTH, '    healthcheck: { disable: true }\n'),
    breaks: { rule: 'health-is-known', at: 'healthcheck: { disable' },
  },
  {
    title: 'a health check that is switched off by NONE',
    edit: replacing('test: [CMD, "true"]', 'test: [NONE]'),
    breaks: { rule: 'health-is-known', at: 'healthcheck: { test: [NONE]' },
  },
  {
    title: 'a health check without start_period',
    edit: replacing('start_period: 60s, ', ''),
    breaks: { rule: 'health-is-known', at: 'healthcheck: {' },
  },
  {
    title: 'a health check without start_interval',
    edit: replacing(', start_interval: 200ms', ''),
    breaks: { rule: 'health-is-known', at: 'healthcheck: {' },
  },
  {
    title: 'a variant without a Compose file of its own',
    edit: replacing(RECOGNISED, `${RECOGNISED}  variants:\n    pip: { recognised-by: [requirements] }\n`),
    breaks: { rule: 'variants-are-there', at: '    pip: {' },
  },
  {
    title: 'a second variant without a Compose file, the first having one',
    change: writing('compose.uv.yaml', 'services: {}\n'),
    edit: replacing(
      RECOGNISED,
      `${RECOGNISED}  variants:\n    uv: { recognised-by: [uv.lock] }\n    pip: { recognised-by: [requirements] }\n`,
    ),
    breaks: { rule: 'variants-are-there', at: '    pip: {' },
  },
  {
    title: 'a step in a service that there is not',
    edit: replacing('      run: [migrate]', '      service: shop\n      run: [migrate]'),
    breaks: { rule: 'steps-name-services', at: '    - name: migrations' },
  },
  {
    title: 'a step in a service whose image no package publishes',
    edit: withShop(SHOP.replace('ghcr.io/openedx/devenv/shop-snapshot', 'docker.io/library/shop')),
    breaks: { rule: 'official-images', at: '    image: docker.io/library/shop' },
  },
  {
    title: 'another Open edX service without a version',
    edit: withShop(SHOP.replace('snapshot:1.2', 'snapshot:latest')),
    breaks: { rule: 'official-images', at: '    image: ghcr.io/openedx/devenv/shop' },
  },
  {
    title: 'another Open edX service that does not see the checkout',
    edit: withShop(SHOP.replace('source: /home/dev/hello', 'read_only: true, source: /etc')),
    breaks: { rule: 'checkout-is-mounted', at: '    volumes: [{ type: bind, read_only' },
  },
  {
    title: 'another Open edX service with a command of its own',
    edit: withShop(`${SHOP}    command: [sh]\n`),
    breaks: { rule: 'runs-under-supervisor', at: '    command: [sh]' },
  },
  {
    title: 'another Open edX service with a fixed user',
    edit: withShop(`${SHOP}    user: "1000"\n`),
    breaks: { rule: 'owner-is-mapped', at: '    user: "1000"' },
  },
  {
    title: 'an account of a port that is not published',
    edit: replacing(RECOGNISED, `${RECOGNISED}  accounts: [{ what: a, user: b, password: c, path: /, port: 8001 }]\n`),
    breaks: { rule: 'accounts-name-addresses', at: '  accounts: [' },
  },
]

describe('a package', () => {
  test('that follows the rules breaks none', () => {
    expect(broken(nothing)).toEqual([])
  })

  testEach(BROKEN)('is told of $title, once, by the rule for it, with file and line', ({ change, edit, breaks }) => {
    const text = edit?.(COMPOSE) ?? COMPOSE
    if (typeof breaks.at === 'string') expect(text).toContain(breaks.at)
    const line = typeof breaks.at === 'string' ? lineOf(text, breaks.at) : breaks.at
    const place = `${breaks.file ?? 'compose.yaml'}${line === undefined ? '' : `:${line}`}`
    expect(broken(change ?? nothing, edit)).toEqual([`${breaks.rule} ${place}`])
  })

  test('is told of a Dockerfile in the checkout, which a commit does not have beside it', () => {
    const inside = 'context: /home/dev/hello, dockerfile: /home/dev/hello/Dockerfile }'
    const edit = replacing('context: /home/dev/hello }', inside)
    expect(broken(nothing, edit)).toContain(`image-by-digest compose.yaml:${lineOf(COMPOSE, 'build: {')}`)
  })

  test('is told of everything at once', () => {
    const found = broken(
      (root) => {
        removing('Dockerfile')(root)
        writing('Dockerfile.dockerignore', '.git\n')(root)
        removing('image/targets.mk')(root)
        writing('image/supervisor/web.conf', '[program:web]\ncommand=gunicorn\n')(root)
      },
      () => `x-devenv:
  primary: hello
  recognised-by: [Makefile]
  variants: { uv: { recognised-by: [uv.lock] } }
  targets: { test: { because: x } }
  accounts: [{ what: a, user: b, password: c, port: 1 }]
  provision: [{ name: a, run: [a], when: { stores: [mongo] } }]
services:
  hello: { image: "hello:1", user: "1", command: [sh], volumes: [{ type: volume, source: v, target: /v }] }
  mysql: { image: mysql, container_name: mysql, network_mode: host, ports: [{ target: 1, host_ip: 0.0.0.0 }] }
`,
    )
    const rules = new Set(found.map((line) => line.split(' ')[0]))
    expect([...rules].sort()).toEqual(OEP5_RULES.map(({ name }) => name).sort())
  })

  testEach<{ title: string; change?: (root: string) => void; edit?: (compose: string) => string }>([
    {
      title: 'a variant with a Compose file of its own',
      change: writing('compose.pip.yaml', 'services: {}\n'),
      edit: replacing(RECOGNISED, `${RECOGNISED}  variants:\n    pip: { recognised-by: [requirements] }\n`),
    },
    {
      title: 'a server by tag and digest',
      edit: replacing(':8.4.9', `:8.4.9@sha256:${'a'.repeat(64)}`),
    },
    { title: 'a server from a registry with a port', edit: replacing('docker.io/', 'localhost:5000/') },
    {
      title: 'what a server reads only',
      edit: replacing(STORE, '{ type: bind, source: /etc/my.cnf, target: /etc/my.cnf, read_only: true }'),
    },
    {
      title: 'a server that keeps its data in memory',
      edit: replacing(STORE, '{ type: tmpfs, target: /var/lib/mysql }'),
    },
    { title: 'a port on loopback', edit: replacing('{ target: 8000 }', '{ target: 8000, host_ip: 127.0.0.1 }') },
    {
      title: 'an account of one of several addresses',
      edit: (compose) =>
        replacing(
          RECOGNISED,
          `${RECOGNISED}  accounts: [{ what: a, user: b, password: c, port: 8001 }]\n`,
        )(replacing('{ target: 8000 }', '{ target: 8000 }, { name: shop, target: 8001 }')(compose)),
    },
    { title: 'no ports', edit: replacing('    ports: [{ target: 8000 }]\n', '') },
    { title: 'another Open edX service, with the checkout and steps of its own', edit: withShop(SHOP) },
    {
      title: 'no program of its own where another Open edX service brings some',
      change: removing('image/supervisor/web.conf'),
      edit: (compose) => withShop(SHOP)(replacing('    ports: [{ target: 8000 }]\n', '')(compose)),
    },
    {
      title: 'an image folder of its own',
      change: (root) => {
        writeFiles(root, {
          'image-next/supervisor/web.conf': FILES['image/supervisor/web.conf'],
          'image-next/targets.mk': FILES['image/targets.mk'],
        })
        removing('image')(root)
      },
      edit: replacing(BUILD, 'build: { context: /home/dev/hello, additional_contexts: { package: ROOT/image-next } }'),
    },
    { title: 'a target among others on a line', change: writing('image/targets.mk', 'lint test: deps\n\tpytest\n') },
    { title: 'a target with two colons', change: writing('image/targets.mk', 'test::\n\tpytest\n') },
    {
      title: 'several programs in one file',
      change: writing(
        'image/supervisor/web.conf',
        '[program:a]\ncommand = /opt/devenv/bin/program a -- x\n[program:b]\ncommand=/opt/devenv/bin/program b -- y\n',
      ),
    },
    {
      title: 'sections beside the programs',
      change: writing(
        'image/supervisor/web.conf',
        `${FILES['image/supervisor/web.conf']}[group:all]\nprograms=web\n[eventlistener:x]\ncommand=/opt/x\n`,
      ),
    },
  ])('may have $title', ({ change, edit }) => {
    expect(broken(change ?? nothing, edit)).toEqual([])
  })
})

describe('the rules', () => {
  test('are each broken alone by a case above', () => {
    const tried = new Set(BROKEN.map(({ breaks }) => breaks.rule))
    expect(OEP5_RULES.map(({ name }) => name).filter((name) => !tried.has(name))).toEqual([])
  })

  testEach(OEP5_RULES)('$name cites its clause and its reason, under a name of its own', ({ name, clause, why }) => {
    expect(OEP5_RULES.filter((rule) => rule.name === name)).toHaveLength(1)
    expect(clause).toMatch(/^OEP-5/)
    expect(why).toMatch(/\.$/)
  })
})

test.each([
  ['docker.io/library/mysql:8.4.9', '8.4.9'],
  [`mysql@sha256:${'a'.repeat(64)}`, 'a'.repeat(64)],
  ['localhost:5000/library/mysql:8.4.9', '8.4.9'],
  ['localhost:5000/mysql', undefined],
  ['mysql', undefined],
  ['mysql:latest', undefined],
  [undefined, undefined],
])('the version of %s is %s', (image, version) => {
  expect(versionOf(image)).toBe(version)
})
