import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { composes } from '../../test/package.js'
import { temporaryFolder, testEach, writeFiles } from '../../test/samples.js'
import { CORE_DIRECTORY } from '../definition/core-directory.js'
import { checkPackage } from './check.js'
import { createPackage } from './new.js'
import { version } from './version.js'

const CHECKOUT = {
  'manage.py': '',
  'notes/settings/devstack.py': '',
  'notes/celery.py': '',
  'requirements/dev.txt': '',
}

/** A package that `devenv new` has just written into a workspace, beside core and another package. */
async function newPackage(): Promise<string> {
  const root = writeFiles(temporaryFolder(), {
    'package.json': '{ "workspaces": ["packages/*"] }',
    'package-lock.json': '{ "packages": { "packages/notes": {} } }',
    'packages/core': { link: CORE_DIRECTORY },
    'packages/shop/package.json': '{ "name": "@devenv/shop", "nx": { "name": "shop" } }',
    'packages/shop/compose.yaml': `# \${DEVENV_CHECKOUT:-../../shop}\n`,
    ...Object.fromEntries(Object.entries(CHECKOUT).map(([path, text]) => [`checkout/${path}`, text])),
  })
  const directory = join(root, 'packages/notes')
  const checkout = join(root, 'checkout')
  const repository = 'https://github.com/openedx/notes'
  await createPackage(directory, { service: 'notes', version: version(), checkout, repository, servers: ['mysql'] })
  return directory
}

/** `at`: a text of the line that is named, in `file`; `says`: parts of what, and of the fix. */
type Mistake = {
  title: string
  file: string
  change: [before: string, after: string] | ((directory: string) => void)
  rule: string
  at?: string
  says: [what: string, fix: string]
}

const COMPOSE = 'compose.yaml'
const HEALTH = '/opt/devenv/bin/answers, "web=http://localhost:8000/"'
const INSTALL = 'RUN --mount=type=secret,id=ca-bundle sh /opt/devenv/build/install\n'

// The seventeen that a new user made and `check` once passed over (issue 14), with what a copy of another package leaves as well.
const MISTAKES: Mistake[] = [
  {
    title: 'a health check that names no program',
    file: COMPOSE,
    change: ['"web=http', '"http'],
    rule: 'health-asks-declared',
    at: 'healthcheck:',
    says: ['asks http://localhost:8000/, which is not of the form', '"web=http://localhost:8000/"'],
  },
  {
    title: 'a health check that names a program that is not there',
    file: COMPOSE,
    change: ['"web=http', '"wbe=http'],
    rule: 'health-asks-declared',
    at: 'healthcheck:',
    says: ['asks the program wbe', 'web'],
  },
  {
    title: 'a health check that asks nothing',
    file: COMPOSE,
    change: [HEALTH, '/opt/devenv/bin/answers'],
    rule: 'ports-are-used',
    at: 'ports:',
    says: ['asks no program', '"web=http://localhost:8000/"'],
  },
  {
    title: 'a conf file not named as its program',
    file: 'image/supervisor/worker.conf',
    change: ['[program:worker]', '[program:celery]'],
    rule: 'programs-have-files',
    at: '[program:celery]',
    says: ['worker.conf declares the program celery', 'celery.conf'],
  },
  {
    title: 'a target in targets.mk that nobody declares',
    file: 'image/targets.mk',
    change: ['.PHONY: test\n', '.PHONY: test lint\nlint:\n\truff check\n'],
    rule: 'targets-are-declared',
    at: 'lint:',
    says: ['why the package has lint', 'targets: { lint:'],
  },
  {
    title: 'a file that the Dockerfile uses and the ignore file hides',
    file: 'Dockerfile',
    change: ['COPY --from=core', 'COPY setup.py /tmp/\nCOPY --from=core'],
    rule: 'context-holds-files',
    says: ['uses setup.py', '!setup.py'],
  },
  {
    title: 'a file below a mounted folder that the ignore file hides',
    file: 'Dockerfile.dockerignore',
    change: ['!requirements/dev.txt', '!requirements/base.txt'],
    rule: 'context-holds-files',
    says: ['uses requirements/dev.txt', '!requirements/dev.txt'],
  },
  {
    title: 'image: of the template',
    file: COMPOSE,
    change: ['    working_dir:', '    image: devenv/hello\n    working_dir:'],
    rule: 'names-are-its-own',
    at: 'image: devenv/hello',
    says: ['is called devenv/hello', 'devenv/notes'],
  },
  {
    title: 'image: of another package',
    file: COMPOSE,
    change: ['    working_dir:', '    image: devenv/shop\n    working_dir:'],
    rule: 'names-are-its-own',
    at: 'image: devenv/shop',
    says: ['is called devenv/shop', 'devenv/notes'],
  },
  {
    title: 'name: of another package',
    file: COMPOSE,
    change: ['x-devenv:', 'name: shop\nx-devenv:'],
    rule: 'names-are-its-own',
    at: 'name: shop',
    says: ['is called shop', 'name: notes'],
  },
  {
    title: 'name: of the template',
    file: COMPOSE,
    change: ['x-devenv:', 'name: hello\nx-devenv:'],
    rule: 'names-are-its-own',
    at: 'name: hello',
    says: ['is called hello', 'name: notes'],
  },
  {
    title: 'nx.name of another package',
    file: 'package.json',
    change: ['"name": "notes"', '"name": "shop"'],
    rule: 'names-are-its-own',
    at: '"name": "shop"',
    says: ['Nx knows notes as shop', '"name": "notes"'],
  },
  {
    title: 'nx.name of a package that is not here',
    file: 'package.json',
    change: ['"name": "notes"', '"name": "books"'],
    rule: 'names-are-its-own',
    at: '"name": "books"',
    says: ['Nx knows notes as books', '"name": "notes"'],
  },
  {
    title: 'bin of another package',
    file: 'package.json',
    change: ['"devenv-notes":', '"devenv-shop":'],
    rule: 'names-are-its-own',
    at: '"devenv-shop":',
    says: ['calls a command of notes devenv-shop', '"devenv-notes"'],
  },
  {
    title: 'bin that names no file',
    file: 'package.json',
    change: ['bin/devenv.js', 'bin/devenv-notes.js'],
    rule: 'commands-are-there',
    at: 'bin/devenv-notes.js',
    says: ['bin/devenv-notes.js, which is not there', 'devenv.js'],
  },
  {
    title: 'the file in bin/ of the template',
    file: 'bin/devenv-hello.js',
    change: (directory) => {
      renameSync(join(directory, 'bin/devenv.js'), join(directory, 'bin/devenv-hello.js'))
      edit(join(directory, 'package.json'), 'bin/devenv.js', 'bin/devenv-notes.js')
    },
    rule: 'names-are-its-own',
    says: ['bin/devenv-hello.js has the template’s name', 'notes'],
  },
  {
    title: 'WORKDIR of another package',
    file: 'Dockerfile',
    change: ['WORKDIR /edx/app/notes', 'WORKDIR /edx/app/shop'],
    rule: 'directory-is-one',
    says: ['WORKDIR of the image is /edx/app/shop', 'WORKDIR /edx/app/notes'],
  },
  {
    title: 'a port that the health check does not ask',
    file: COMPOSE,
    change: ['ports: ["8000"]', 'ports: ["8000", "8001"]'],
    rule: 'ports-are-used',
    at: 'ports:',
    says: ['names the port 8001', '"web=http://localhost:8001/"'],
  },
  {
    title: 'a port at which the program does not listen',
    file: 'image/supervisor/web.conf',
    change: ['django-server 8000', 'django-server 18150'],
    rule: 'ports-are-used',
    at: '[program:web]',
    says: ['asks web at port 8000, but web listens at 18150', 'django-server 8000'],
  },
  {
    title: 'the usual clone of another package',
    file: COMPOSE,
    change: [':-../../checkout}', ':-../../shop}'],
    rule: 'names-are-its-own',
    at: 'DEVENV_CHECKOUT',
    says: ['usual clone of notes is ../../shop, which is that of packages/shop', 'DEVENV_CHECKOUT:-../../notes}'],
  },
  {
    title: 'a stage of another name',
    file: 'Dockerfile',
    change: [' AS dev', ' AS development'],
    rule: 'image-is-complete',
    says: ['no stage dev', 'FROM … AS dev'],
  },
  {
    title: '`install` missing',
    file: 'Dockerfile',
    change: [INSTALL, ''],
    rule: 'image-is-complete',
    says: ['does not get supervisord', '/opt/devenv/build/install'],
  },
  {
    title: 'a version of core that is not there',
    file: 'package.json',
    change: [`"@devenv/core": "${version()}"`, '"@devenv/core": "99.0.0"'],
    rule: 'core-is-there',
    at: '"@devenv/core"',
    says: ['depends on @devenv/core 99.0.0', `"@devenv/core": "${version()}"`],
  },
  {
    title: 'private: true',
    file: 'package.json',
    change: ['  "version"', '  "private": true,\n  "version"'],
    rule: 'is-published',
    at: '"private"',
    says: ['is private', 'Remove "private": true.'],
  },
  {
    title: 'a server that is used and not depended on',
    file: COMPOSE,
    change: ['    depends_on:\n      mysql: { condition: service_healthy }\n', ''],
    rule: 'servers-are-awaited',
    at: '  notes:',
    says: ['uses mysql, but notes does not depend on it', 'depends_on: { mysql:'],
  },
  {
    title: 'a server that settings of the package use and that is not depended on',
    file: COMPOSE,
    change: (directory) => {
      edit(join(directory, COMPOSE), '    depends_on:\n      mysql: { condition: service_healthy }\n', '')
      edit(join(directory, COMPOSE), 'stores: [mysql]', 'image: true')
      edit(join(directory, COMPOSE), 'needs: [mysql]', 'needs: []')
      writeFiles(directory, { 'image/settings/on_top.py': "URL = 'mysql://mysql:3306/'\n" })
    },
    rule: 'servers-are-awaited',
    at: '  notes:',
    says: ['image/settings/on_top.py of notes uses mysql', 'depends_on: { mysql:'],
  },
  {
    title: 'a wrong default path of core',
    file: COMPOSE,
    change: (directory) => {
      const file = join(directory, COMPOSE)
      writeFileSync(file, readFileSync(file, 'utf8').replace(/DEVENV_CORE:-[^}]*/, 'DEVENV_CORE:-../../core'))
    },
    rule: 'core-is-there',
    at: 'DEVENV_CORE:-../../core}',
    says: ['../../core, does not lead to core', 'DEVENV_CORE:-../core'],
  },
  {
    title: '!* in the ignore file',
    file: 'Dockerfile.dockerignore',
    change: ['!requirements/dev.txt', '!*'],
    rule: 'image-by-digest',
    at: '!*',
    says: ['lets the whole checkout through', '!path'],
  },
]

function edit(file: string, before: string, after: string): void {
  const text = readFileSync(file, 'utf8')
  expect(text).toContain(before)
  writeFileSync(file, text.replace(before, after))
}

describe.skipIf(!composes)('`devenv check`', () => {
  test('finds nothing in a package that is new', async () => {
    expect(await checkPackage({ package: await newPackage() })).toEqual([])
  })

  testEach(MISTAKES)('finds $title, and says where, why and what to do', async ({ file, change, rule, at, says }) => {
    const directory = await newPackage()
    if (typeof change === 'function') change(directory)
    else edit(join(directory, file), ...change)
    const problems = (await checkPackage({ package: directory })).filter((problem) => problem.code === 'rule-broken')
    const found = problems.find((problem) => problem.rule === rule)
    expect(found).toMatchObject({ what: expect.stringContaining(says[0]), fix: expect.stringContaining(says[1]) })
    expect(found?.why).not.toBe('')
    if (at === undefined) return
    const lines = readFileSync(join(directory, file), 'utf8').split('\n')
    expect(found?.place).toEqual({
      file: join(directory, file),
      line: lines.findIndex((line) => line.includes(at)) + 1,
    })
  })
})
