import { expect, test } from 'vitest'
import { temporaryFolder, testEach, writeFiles } from '../../test/samples.js'
import { lookIntoCheckout, parseServerSettings } from './look-into-checkout.js'

/** As course-discovery, credentials and edx-notes-api are, in short. */
const DJANGO = {
  'manage.py': '',
  'tox.ini': '[tox]\nenvlist = py{312}-django{52}\n',
  'pytest.ini': '[pytest]\nDJANGO_SETTINGS_MODULE = notes.settings.test\n',
  Makefile: 'run:\n\t./manage.py runserver 0.0.0.0:8120\n',
  'requirements/base.in': 'Django\nmysqlclient\ndjango-redis-sessions\nmeilisearch\n',
  'requirements/base.txt': 'pymongo==4 # via edx-opaque-keys\n',
  'requirements/test.txt': '',
  'requirements/pip.txt': '',
  'notes/urls.py': "urlpatterns = [path('heartbeat/', heartbeat)]\n",
  'notes/celery.py': '',
  'notes/settings/dev.py': '',
  'notes/settings/devstack.py': `
DATABASES = {
    'default': {
        'NAME': os.environ.get('DB_NAME', 'notes'),
        'USER': 'notes001',
        'HOST': os.environ.get('DB_HOST', 'db'),
    }
}
ES = os.environ.get('ES_URL', 'edx.devstack.elasticsearch710:9200')
LMS = 'http://edx.devstack.lms:18000'
`,
  'notes/settings/test.py': "ES = os.environ.get('ES_TEST', 'localhost:9200')\n",
  'notes/api/migrations/0001_initial.py': '',
  'users/migrations/0001_initial.py': '',
  'node_modules/x/settings/devstack.py': '',
}

test('a Django service tells of its language, address, settings, servers and data', () => {
  const looked = lookIntoCheckout(writeFiles(temporaryFolder(), DJANGO))
  expect(looked).toMatchObject({
    kind: { value: 'django', from: 'manage.py' },
    python: { value: '3.12' },
    port: { value: '8120', from: 'Makefile: 0.0.0.0:8120' },
    health: { value: '/heartbeat/', from: 'notes/urls.py' },
    settings: { value: 'notes.settings.devstack' },
    testSettings: { value: 'notes.settings.test' },
    variables: { DB_HOST: 'mysql', ES_URL: 'elasticsearch:9200' },
    testVariables: { ES_TEST: 'elasticsearch:9200' },
    database: { MYSQL_DATABASE: 'notes', MYSQL_USER: 'notes001' },
    fixedHosts: ['edx.devstack.lms:18000'],
    celery: { value: 'notes' },
    requirements: ['requirements/pip.txt', 'requirements/base.txt', 'requirements/test.txt'],
    npm: [],
    migrated: ['notes', 'users'],
  })
  // What others need, a package whose name only begins like one, and another search than that of the settings are no sign of a server.
  expect(looked.servers.map(({ value }) => value)).toEqual(['mysql', 'elasticsearch'])
})

testEach<{ title: string; files: { [path: string]: string }; found: object }>([
  { title: 'an empty folder tells nothing', files: {}, found: { kind: undefined, servers: [], requirements: [] } },
  {
    title: 'folders in the place of files tell nothing',
    files: { 'manage.py/x': '', 'tox.ini/x': '' },
    found: { kind: undefined, python: undefined },
  },
  {
    title: 'a lock of uv goes before lists of requirements',
    files: { 'uv.lock': '', 'pyproject.toml': 'requires-python = ">=3.11"', 'requirements/dev.txt': '' },
    found: { requirements: ['pyproject.toml', 'uv.lock'], python: { value: '3.11' } },
  },
  {
    title: 'a list for development goes before those of which it is made',
    files: { 'requirements/dev.txt': '', 'requirements/base.txt': '', 'requirements/test.txt': '' },
    found: { requirements: ['requirements/dev.txt'] },
  },
  {
    title: 'a library of a search is a sign of its server where nothing names another',
    files: { 'manage.py': '', 'requirements/base.in': 'meilisearch\n' },
    found: { servers: [{ value: 'meilisearch' }] },
  },
  {
    title: 'a Compose file names servers and a port',
    files: { 'docker-compose.yml': 'services:\n  db: { image: mysql:8.0 }\n  web: { ports: ["9000:9000"] }\n' },
    found: { servers: [{ value: 'mysql', from: 'docker-compose.yml' }], port: { value: '9000' } },
  },
  {
    title: 'a Gemfile means Ruby, of the version of its lock',
    files: { Gemfile: '', 'Gemfile.lock': 'RUBY VERSION\n   ruby 3.1.4p223\n' },
    found: { kind: { value: 'ruby' }, ruby: { value: '3.1.4' } },
  },
  {
    title: 'a package.json alone means Node, of the version of .nvmrc',
    files: { 'package.json': '{}', 'package-lock.json': '{}', '.nvmrc': 'v24\n' },
    found: { kind: { value: 'node' }, node: { value: '24' }, npm: ['package.json', 'package-lock.json'] },
  },
])('$title', ({ files, found }) => {
  expect(lookIntoCheckout(writeFiles(temporaryFolder(), files))).toMatchObject(found)
})

test('a host that is empty unless somebody sets it is left alone', () => {
  const text = "DATABASES = {\n    'default': {\n        'HOST': os.environ.get('DB_HOST', ''),\n    }\n}\n"
  expect(parseServerSettings(text)).toEqual({ variables: {}, database: {}, fixedHosts: [] })
})
