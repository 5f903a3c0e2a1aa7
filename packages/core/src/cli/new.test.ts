import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { composes } from '../../test/package.js'
import { problemsOf, temporaryFolder, testEach, writeFiles } from '../../test/samples.js'
import { checkPackage } from './check.js'
import { createPackage } from './new.js'
import { version } from './version.js'

const CHECKOUTS = {
  django: {
    'manage.py': '',
    'notes/settings/devstack.py': '',
    'notes/celery.py': '',
    'requirements/dev.txt': '',
    'package.json': '{}',
    'package-lock.json': '{}',
    Makefile: 'tests:\n\tpytest\n',
    'pytest.ini': 'DJANGO_SETTINGS_MODULE = notes.settings.test',
  },
  ruby: { Gemfile: '', 'Gemfile.lock': '' },
  node: { 'package.json': '{}', 'package-lock.json': '{}' },
}
const create = async (
  change: Partial<Parameters<typeof createPackage>[1]> = {},
  directory = join(temporaryFolder(), 'notes'),
) => ({
  directory,
  ...(await createPackage(directory, { service: 'notes', version: version(), ...change })),
})

describe.skipIf(!composes)('what `devenv new` writes', () => {
  testEach<{ title: string; files: { [path: string]: string } }>(
    Object.entries(CHECKOUTS).map(([title, files]) => ({ title, files })),
  )('passes `devenv check`: $title', async ({ files }) => {
    const checkout = writeFiles(temporaryFolder(), files)
    const { directory } = await create({ checkout, servers: ['mysql:8.0.40', 'redis'] })
    expect(await checkPackage({ package: directory })).toEqual([])
  })

  test('passes it without a checkout too', async () => {
    const { directory } = await create({ kind: 'django', repository: 'https://github.com/openedx/notes' })
    expect(await checkPackage({ package: directory })).toEqual([])
  })
})

test('takes no file of a run that was interrupted', async () => {
  const folder = writeFiles(temporaryFolder(), { '.notes.new/Dockerfile.half': '' })
  const { directory } = await create({ kind: 'django' }, join(folder, 'notes'))
  expect(readdirSync(folder)).toEqual(['notes'])
  expect(readdirSync(directory)).not.toContain('Dockerfile.half')
})

test('says what it guessed, and takes what it is told', async () => {
  const checkout = writeFiles(temporaryFolder(), CHECKOUTS.django)
  const { directory, files, guesses, left } = await create({ checkout, port: '8120', servers: ['mysql:8.0.40'] })
  expect(files).toEqual([
    'Dockerfile',
    'Dockerfile.dockerignore',
    'README.md',
    'bin/devenv.js',
    'compose.yaml',
    'image/supervisor/web.conf',
    'image/supervisor/worker.conf',
    'image/targets.mk',
    'package.json',
    'test/starts.sh',
  ])
  expect(guesses).toContain('settings notes.settings.devstack  (notes/settings/devstack.py)')
  expect(guesses.join('\n')).not.toMatch(/port|mysql/)
  expect(left.join('\n')).toContain('npm’s packages')
  const read = (path: string) => readFileSync(join(directory, path), 'utf8')
  expect(read('compose.yaml')).toContain('/library/mysql:8.0.40\n')
  expect(read('compose.yaml')).toContain('ports: ["8120"]')
  expect(read('image/supervisor/worker.conf')).toBe('[program:worker]\ncommand=celery-worker --from web notes\n')
  expect(read('Dockerfile')).toContain('virtualenv -r /requirements/dev.txt\n')
  expect(read('test/starts.sh')).toContain('"$(address)/"\n')
  expect(read('Dockerfile')).toContain('COPY --from=node /edx/app/notes/ /edx/app/notes/')
})

test('leaves a test target to the checkout that has one, with the settings of its tests', async () => {
  const checkout = writeFiles(temporaryFolder(), { ...CHECKOUTS.django, Makefile: 'test:\n\tpytest\n' })
  const { directory, files } = await create({ checkout, servers: [] })
  expect(files).not.toContain('image/targets.mk')
  expect(readFileSync(join(directory, 'compose.yaml'), 'utf8')).toContain(
    '  targets:\n    test:\n      environment:\n        DJANGO_SETTINGS_MODULE: notes.settings.test\n  provision:',
  )
})

test('says which folder takes no package', async () => {
  const file = writeFiles(temporaryFolder(), { taken: '' })
  const refused = (folder: string) => problemsOf(() => create({ kind: 'django' }, join(folder, 'notes')))
  expect(await refused(join(file, 'taken'))).toMatchObject([{ code: 'folder-unusable', folder: join(file, 'taken') }])
  // It takes nobody’s folders, not even those of root.
  if (process.platform === 'linux')
    expect(await refused('/proc/1')).toMatchObject([
      {
        code: 'folder-unusable',
        folder: '/proc/1',
        variable: '--directory',
        detail: expect.stringMatching(/no new folders/),
      },
    ])
})

test('replaces no file, and knows its servers', async () => {
  const directory = temporaryFolder()
  writeFileSync(join(directory, 'mine'), '')
  expect(await problemsOf(() => create({}, directory))).toEqual([{ code: 'package-taken', directory }])
  expect(await problemsOf(() => create({ servers: ['mysq:8'] }))).toMatchObject([
    { code: 'server-unknown', name: 'mysq' },
  ])
})
