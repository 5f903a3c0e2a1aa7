import { describe, expect, test } from 'vitest'
import { explainProblem, renderProblem } from './explain-problem.js'
import { DevenvError, type Problem } from './problem.js'

const PLACE = { file: 'compose.yaml', line: 7 }

/** One of each: the compiler asks for those that are missing. */
const SAMPLES: { [Code in Problem['code']]: Extract<Problem, { code: Code }> } = {
  'package-missing': { code: 'package-missing', looked: '/the/package' },
  'package-unknown': { code: 'package-unknown', checkout: '/the/checkout', dependencies: ['@devenv/a', '@devenv/b'] },
  'definition-unreadable': { code: 'definition-unreadable', place: PLACE, detail: 'a key is there twice' },
  'definition-invalid': { code: 'definition-invalid', place: PLACE, at: 'x-devenv.primary', detail: 'must be a text' },
  'compose-refused': { code: 'compose-refused', files: ['a.yaml', 'b.yaml'], detail: 'no such network' },
  'neighbour-variable-unknown': {
    code: 'neighbour-variable-unknown',
    package: '@devenv/discovery',
    place: { file: '/package/compose.with.edx-platform.yaml', line: 7 },
    name: 'DEVENV_EDX_PLATFORM_URL_1',
    known: ['DEVENV_EDX_PLATFORM_URL', 'DEVENV_URL'],
  },
  'ask-unknown': {
    code: 'ask-unknown',
    place: { file: '/package/compose.with.edx-platform.yaml', line: 4 },
    service: 'edx-platform',
    by: 'discovery',
    target: 'oauth-client',
    known: ['test'],
  },
  'package-uninstalled': { code: 'package-uninstalled', checkout: '/another', detail: 'ENOTFOUND' },
  'neighbour-missing': { code: 'neighbour-missing', looked: '/another', is: 'not there' },
  'neighbour-unusable': {
    code: 'neighbour-unusable',
    service: 'edx-platform',
    checkout: '/another',
    data: '/another/.dev/devenv',
    detail: 'EACCES: permission denied',
  },
  'neighbour-itself': { code: 'neighbour-itself', checkout: '/the/checkout' },
  'neighbours-alike': {
    code: 'neighbours-alike',
    service: 'edx-platform',
    checkout: '/the/platform',
    of: 'discovery',
    checkouts: ['/the/checkout', '/another'],
  },
  'neighbour-name-taken': { code: 'neighbour-name-taken', service: 'forums', of: 'lms' },
  'library-refused': {
    code: 'library-refused',
    checkout: '/home/dev/xblock-poll',
    service: 'discovery',
    kind: 'python',
  },
  'libraries-alike': {
    code: 'libraries-alike',
    service: 'edx-platform',
    checkouts: ['/home/a/xblock-poll', '/home/b/xblock-poll'],
  },
  'library-broken': {
    code: 'library-broken',
    name: 'xblock-poll',
    checkout: '/home/dev/xblock-poll',
    service: 'edx-platform',
    detail: "setup.py:3: SyntaxError: '(' was never closed",
  },
  'library-lacks': {
    code: 'library-lacks',
    name: 'xblock-poll',
    service: 'edx-platform',
    missing: ['bleach>=6'],
    install: "uv pip install 'bleach>=6'",
  },
  'neighbour-service-unknown': {
    code: 'neighbour-service-unknown',
    named: 'edx-platfrom@ulmo.4',
    service: 'edx-platfrom',
    known: ['discovery', 'edx-platform'],
    isFolder: false,
    isPacked: false,
  },
  'neighbours-misquoted': { code: 'neighbours-misquoted', text: "it's" },
  'neighbour-unknown': { code: 'neighbour-unknown', checkout: '/another', beside: '/packages', fitting: [] },
  'overlay-misnamed': {
    code: 'overlay-misnamed',
    files: ['/checkout/devenv/compose.yml'],
    wanted: '/checkout/devenv/compose.yaml',
  },
  'mounts-missing': {
    code: 'mounts-missing',
    mounts: [
      { what: '/extra of hello', source: '/checkout/extra' },
      { what: 'the secret netrc', source: '/home/me/.netrc' },
    ],
    overlay: '/checkout/devenv/compose.yaml',
    checkout: '/checkout',
  },
  'rule-broken': {
    code: 'rule-broken',
    rule: 'official-images',
    clause: 'OEP-5 rule 1',
    place: PLACE,
    what: 'mysql is built here.',
    why: 'Nobody maintains it.',
    fix: 'Remove build.',
  },
  'checkout-none': { code: 'checkout-none', service: 'frontends' },
  'folder-gone': { code: 'folder-gone', folder: '/edx/hello' },
  'checkout-missing': {
    code: 'checkout-missing',
    service: 'hello',
    looked: '../hello',
    repository: 'https://a.b/hello',
  },
  'checkout-unrecognised': {
    code: 'checkout-unrecognised',
    service: 'hello',
    checkout: '/the/checkout',
    missing: ['Makefile', 'manage.py'],
  },
  'variant-unknown': {
    code: 'variant-unknown',
    service: 'hello',
    checkout: '/the/checkout',
    variants: [
      { variant: 'uv', missing: ['uv.lock'] },
      { variant: 'pip', missing: ['requirements/base.txt', 'line /^pip/ in Makefile'] },
    ],
  },
  'file-unmergeable': {
    code: 'file-unmergeable',
    place: { file: '.vscode/tasks.json', line: 3 },
    detail: 'CommaExpected',
  },
  'packages-missing': { code: 'packages-missing', image: 'devenv/hello:inputs-1', detail: 'python3: not found' },
  'init-unmade': { code: 'init-unmade', checkout: '/the/checkout', detail: 'npm error' },
  'engine-missing': { code: 'engine-missing', endpoint: 'unix:///a.sock', detail: 'ENOENT' },
  'engine-forbidden': { code: 'engine-forbidden', endpoint: 'unix:///a.sock' },
  'endpoint-invalid': { code: 'endpoint-invalid', endpoint: 'garbage' },
  'engine-remote': { code: 'engine-remote', endpoint: 'ssh://far' },
  'engine-encrypted': { code: 'engine-encrypted', endpoint: 'tcp://127.0.0.1:2376' },
  'engine-silent': { code: 'engine-silent', endpoint: 'unix:///a.sock', seconds: 60, asked: 'GET /version' },
  'engine-gone': { code: 'engine-gone', endpoint: 'unix:///a.sock' },
  'engine-old': { code: 'engine-old', found: '20.10.1', wanted: '25.0.0' },
  'compose-missing': { code: 'compose-missing', detail: 'unknown command' },
  'compose-old': { code: 'compose-old', found: '2.1.0', wanted: '2.24.0' },
  'buildx-missing': { code: 'buildx-missing', detail: 'unknown command' },
  'memory-low': { code: 'memory-low', has: 2 ** 31, least: 2 ** 32 },
  'limit-low': { code: 'limit-low', name: 'vm.max_map_count', found: 65530, least: 262144, because: 'It asks for it.' },
  'clocks-apart': { code: 'clocks-apart', seconds: -30 },
  'localhost-elsewhere': { code: 'localhost-elsewhere', addresses: ['::1'] },
  'proxy-unreachable': { code: 'proxy-unreachable', names: ['HTTP_PROXY', 'HTTPS_PROXY'] },
  'engine-refused': { code: 'engine-refused', doing: 'start it', detail: 'no space left' },
  'engine-full': { code: 'engine-full' },
  'networks-exhausted': { code: 'networks-exhausted' },
  'name-taken': { code: 'name-taken', name: 'devenv-hello-1' },
  'input-missing': { code: 'input-missing', file: '/core/image', needed: 'the build context core' },
  'input-unreadable': { code: 'input-unreadable', file: '/the/checkout/uv.lock', detail: 'EACCES' },
  'folder-unusable': { code: 'folder-unusable', folder: '/none', variable: 'TMPDIR', detail: 'ENOENT' },
  'file-unwritable': { code: 'file-unwritable', file: '/none/bill.md', named: '--bill', detail: 'ENOENT' },
  'base-unclear': { code: 'base-unclear', place: { file: 'Dockerfile' }, word: `\${V#x}` },
  'input-changed': { code: 'input-changed', file: 'requirements/base.txt', tree: 'commit 0123456789ab' },
  'build-failed': {
    code: 'build-failed',
    images: ['devenv/hello:inputs-0', 'devenv/hello-snapshot:inputs-1'],
    doing: 'load',
    builder: undefined,
    detail: 'exit 1',
  },
  'builder-unknown': { code: 'builder-unknown', name: 'farm', detail: 'ERROR: no builder "farm" found' },
  'digest-unfit': {
    code: 'digest-unfit',
    image: 'devenv/hello@sha256:0',
    detail: 'It is not an image that devenv built.',
  },
  'image-foreign': { code: 'image-foreign', image: 'mysql:8.4.9', is: 'linux/arm64', wants: 'linux/amd64' },
  'settings-invalid': {
    code: 'settings-invalid',
    place: PLACE,
    detail: 'there is no setting A',
    fix: 'Remove it.',
  },
  'digests-unreadable': { code: 'digests-unreadable', file: '/home/dev/digests.json', detail: 'no such file' },
  'authorities-unreadable': { code: 'authorities-unreadable', file: '/etc', detail: 'It is a folder, not a file.' },
  'pull-failed': { code: 'pull-failed', image: 'ghcr.io/openedx/hello:inputs-0', detail: 'unexpected EOF' },
  'offline-lacks': {
    code: 'offline-lacks',
    images: ['devenv/hello:inputs-0', 'mysql:8.4.9'],
    because: 'requirements.txt changed',
  },
  'program-silent': { code: 'program-silent', program: 'docker compose', seconds: 300 },
  'program-missing': { code: 'program-missing', program: 'git' },
  'git-failed': { code: 'git-failed', doing: 'ask https://a.b/hello for its refs', detail: 'fatal: not found' },
  'repository-around': { code: 'repository-around', checkout: '/work/hello/src', around: '/work/hello' },
  'commit-unknown': {
    code: 'commit-unknown',
    commit: 'release/ulmo.9',
    repository: '/the/checkout',
    detail: 'fatal: needed a single revision',
  },
  'commits-unavailable': {
    code: 'commits-unavailable',
    service: 'hello',
    commits: ['a'.repeat(40), 'b'.repeat(40)],
    url: 'https://a.b/hello',
    detail: 'fatal: not our ref',
  },
  'refs-missing': { code: 'refs-missing', url: 'https://a.b/hello', refs: ['release/ulmo.9', 'release/ulmo.10'] },
  'lock-unreadable': { code: 'lock-unreadable', file: '/the/package/devenv-lock.json', detail: 'mysql has no digest' },
  'lock-lacks': { code: 'lock-lacks', file: '/the/package/devenv-lock.json', releases: ['ulmo.3', 'ulmo.4'] },
  'release-unknown': { code: 'release-unknown', release: 'ulmo.9', known: ['ulmo.4', 'main'] },
  'output-unwritable': { code: 'output-unwritable', detail: 'ENOSPC: no space left on device, write' },
  'checkout-no-folder': { code: 'checkout-no-folder', looked: '/home/dev/hello/Makefile' },
  'makefile-unreadable': {
    code: 'makefile-unreadable',
    place: { file: '/home/dev/hello/Makefile', line: 3 },
    detail: "missing 'endef', unterminated 'define'",
  },
  'registry-invalid': { code: 'registry-invalid', variable: 'DEVENV_REGISTRY', registry: 'https://ghcr.io' },
  'registry-unset': { code: 'registry-unset', doing: 'publish to' },
  'tag-taken': {
    code: 'tag-taken',
    tag: 'ghcr.io/openedx/hello:ulmo.4-1.0.0',
    holds: 'inputs-0',
    wants: 'inputs-1 (Dockerfile changed)',
  },
  'stand-ins-published': {
    code: 'stand-ins-published',
    images: ['ghcr.io/openedx/hello:inputs-0', 'ghcr.io/openedx/hello:inputs-1'],
    registry: 'ghcr.io/openedx',
  },
  'push-incomplete': {
    code: 'push-incomplete',
    image: 'ghcr.io/openedx/hello:inputs-0',
    left: 'devenv moved no tag of a release.',
  },
  'platform-unavailable': {
    code: 'platform-unavailable',
    builder: 'farm',
    driver: 'remote',
    platforms: ['linux/s390x', 'linux/riscv64'],
    has: ['linux/amd64', 'linux/arm64'],
  },
  'base-lacks-platform': {
    code: 'base-lacks-platform',
    base: 'docker.io/library/debian:12',
    platforms: ['linux/arm64', 'linux/s390x'],
    has: ['linux/amd64', 'linux/386'],
  },
  'registry-unreachable': { code: 'registry-unreachable', registry: 'ghcr.io', detail: 'ECONNREFUSED' },
  'registry-forbidden': {
    code: 'registry-forbidden',
    registry: 'ghcr.io',
    repository: 'openedx/hello',
    doing: 'write',
    detail: '403 Forbidden',
  },
  'registry-read-only': { code: 'registry-read-only', registry: 'ghcr.io', detail: '405 Method Not Allowed' },
  'registry-refused': {
    code: 'registry-refused',
    registry: 'ghcr.io',
    doing: 'take hello:1',
    detail: '400 Bad Request',
  },
  'docker-config-unreadable': { code: 'docker-config-unreadable', file: '/home/dev/config.json', detail: 'no JSON' },
  'image-unavailable': {
    code: 'image-unavailable',
    images: ['mysql:8.4.9', 'redis:7.4.5'],
    mirror: 'mirror.example.com',
    detail: 'timeout',
  },
  'port-taken': { code: 'port-taken', port: 18000, holder: 'nginx (process 7)' },
  'ports-exhausted': { code: 'ports-exhausted', from: 23000, to: 27999 },
  'store-in-use': { code: 'store-in-use', data: '/the/data', holder: '/other/checkout' },
  'store-foreign': { code: 'store-foreign', store: '/the/store', wrote: 'mysql 8.0', wants: 'mysql 8.4' },
  'data-unusable': { code: 'data-unusable', path: '/the/data', detail: 'it is a symbolic link' },
  'store-unread': { code: 'store-unread', store: 'mysql-8.4', detail: 'mysqldump: Got error: 1045' },
  'store-unfilled': { code: 'store-unfilled', store: 'mysql-8.4', detail: 'ERROR 1064 (42000) at line 3' },
  'archive-damaged': { code: 'archive-damaged', archive: '/cache/seeds/hello/0', detail: 'its manifest is empty' },
  'save-misnamed': { code: 'save-misnamed', name: '../x' },
  'save-file-unusable': { code: 'save-file-unusable', file: '/home/ann/x.tar', detail: 'It is not there.' },
  'save-unknown': { code: 'save-unknown', name: 'befor', known: ['before', 'demo'] },
  'save-taken': { code: 'save-taken', name: 'before' },
  'save-foreign': { code: 'save-foreign', name: 'before', detail: 'It is of discovery, and this is hello.' },
  'file-taken': { code: 'file-taken', file: '/home/a/before.tar' },
  'nothing-to-save': { code: 'nothing-to-save', service: 'hello' },
  'seed-unpulled': {
    code: 'seed-unpulled',
    seed: 'ghcr.io/openedx/devenv/hello-data:ulmo.4',
    detail: '503 Service Unavailable',
  },
  'seed-missing': { code: 'seed-missing', service: 'hello', digest: '0123456789abcdef0123' },
  'checkout-elsewhere': {
    code: 'checkout-elsewhere',
    checkout: '/home/dev/hello',
    release: 'ulmo.4',
    commit: '1111111111111111111111111111111111111111',
    at: '2222222222222222222222222222222222222222',
  },
  'container-exited': {
    code: 'container-exited',
    container: 'mysql',
    exitCode: 137,
    log: ['one', 'two'],
    left: 'All is left.',
  },
  'not-healthy': {
    code: 'not-healthy',
    container: 'mysql',
    seconds: 61.2,
    test: ['curl', '--fail', 'http://localhost:8000/my health'],
    probe: 'ended with 1: refused',
    log: ['one', 'two'],
    left: 'All is left.',
  },
  'network-gone': { code: 'network-gone', network: 'devenv-with-0123456789abcdef' },
  'container-gone': { code: 'container-gone', container: 'mysql' },
  'program-waiting': {
    code: 'program-waiting',
    service: 'hello',
    programs: [{ name: 'web', fault: 'hello/web.py:3: SyntaxError: invalid syntax' }, { name: 'worker' }],
  },
  'checkout-unmountable': { code: 'checkout-unmountable', checkout: '/a:b' },
  'not-ready': { code: 'not-ready', container: 'hello', log: ['one', 'two'] },
  'provision-failed': {
    code: 'provision-failed',
    step: 'migrations',
    exitCode: 3,
    stores: ['mysql-8.4'],
    log: ['one', 'two'],
  },
  'address-unknown': { code: 'address-unknown', service: 'edx-platform', name: 'studo', known: ['lms', 'studio'] },
  'address-silent': { code: 'address-silent', url: 'http://localhost:23000', detail: 'refused' },
  'host-unreachable': {
    code: 'host-unreachable',
    host: 'github.com',
    because: 'some packages are commits there',
    instead: 'EDX_PLATFORM_GITHUB=skip',
    detail: 'refused',
  },
  'disk-full': { code: 'disk-full', folder: '/the/data', free: 5 << 20, least: 1 << 30 },
  'store-unknown': { code: 'store-unknown', names: ['mysq'], known: ['mysql-8.4', 'redis-7'] },
  'steps-unknown': { code: 'steps-unknown', names: ['migrat'], known: ['migrate', 'accounts'] },
  'not-running': { code: 'not-running', service: 'mysql', project: 'devenv-hello-0' },
  busy: { code: 'busy', data: '/the/data' },
  'service-unknown': { code: 'service-unknown', name: 'mysq', known: ['mysql', 'redis'] },
  'program-unknown': { code: 'program-unknown', name: 'wrok', known: ['web', 'worker'] },
  'publish-unknown': { code: 'publish-unknown', names: ['nobody'], known: ['mysql', 'redis'] },
  'variable-mistyped': { code: 'variable-mistyped', name: 'CHEKOUT', meant: 'CHECKOUT' },
  'setting-unknown': {
    code: 'setting-unknown',
    variable: 'DEVENV_RELOAD',
    found: 'plian',
    known: ['plain', 'checkpoint'],
  },
  'service-required': { code: 'service-required', name: 'mysql', optional: ['search'] },
  'service-absent': { code: 'service-absent', name: 'sreach', optional: ['search'] },
  'snapshot-unknown': {
    code: 'snapshot-unknown',
    service: 'edx-platform',
    release: 'ulmo.5',
    known: ['main', 'teak.3', 'ulmo.4'],
    detail: 'ghcr.io/openedx has no snapshot of edx-platform at ulmo.5',
  },
  'snapshot-missing': {
    code: 'snapshot-missing',
    service: 'edx-platform',
    reference: 'devenv/edx-platform-snapshot:ulmo.4',
    because: 'no registry is set',
    url: 'https://github.com/openedx/openedx-platform',
    from: 'https://github.com/openedx/openedx-platform',
    ref: 'release/ulmo.4',
    detail: 'Could not resolve host: github.com',
  },
  'snapshot-foreign': { code: 'snapshot-foreign', image: 'devenv/edx-platform-snapshot:ulmo.4' },
  'image-unpublished': {
    code: 'image-unpublished',
    images: ['ghcr.io/openedx/devenv/shop-snapshot:1.2'],
    registry: 'ghcr.io/openedx',
    detail: 'manifest unknown',
  },
  'programs-unknown': { code: 'programs-unknown', names: ['wbe', 'x'], known: ['web', 'worker'] },
  'server-unknown': { code: 'server-unknown', name: 'mysq', known: ['mysql', 'redis'] },
  'package-taken': { code: 'package-taken', directory: '/packages/notes' },
  'program-left-out': { code: 'program-left-out', name: 'worker', running: ['beat', 'web'] },
  'target-missing': { code: 'target-missing' },
  'commit-incomplete': { code: 'commit-incomplete', repository: '/home/dev/hello', detail: '0123 is missing.' },
  'file-unusable': {
    code: 'file-unusable',
    path: '/home/dev/hello/.dev/devenv/logs/web.log',
    doing: 'open',
    errno: 'EACCES',
    detail: 'EACCES: permission denied, open /home/dev/hello/.dev/devenv/logs/web.log',
  },
  'connection-lost': { code: 'connection-lost', detail: 'socket hang up' },
  fault: { code: 'fault', detail: 'devenv 0.1.0, Node v20.19.0: x is not a function, at y (z.js:1:2)' },
  unconfirmed: { code: 'unconfirmed', command: 'devenv prune --yes' },
  'program-debugged': { code: 'program-debugged', name: 'web' },
  'no-terminal': { code: 'no-terminal', command: 'devenv debug web' },
  usage: { code: 'usage', detail: 'exec needs a command.', see: 'devenv exec --help' },
}

/** Buildx has printed the end of its output; the message itself names the kind of build in other words. */
const NOT_SHOWN = new Set(['build-failed.detail', 'build-failed.doing'])

/** Every text in a value, however deep. */
const textsIn = (value: unknown): string[] => {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}

const EVERY = Object.entries(SAMPLES) as [Problem['code'], Problem][]

describe.each(EVERY)('%s', (code, problem) => {
  test('says what happened, why, and what mends it', () => {
    expect(problem.code).toBe(code)
    for (const text of Object.values(explainProblem(problem))) {
      expect(text.trim()).not.toBe('')
      expect(text).not.toMatch(/undefined|\[object|NaN/)
    }
  })

  test('is printed under its code', () => {
    const [first, ...rest] = renderProblem(problem).split('\n')
    expect(first).toBe(code)
    for (const line of rest) expect(line).toMatch(/^ {2}/)
    for (const word of ['what', 'why', 'fix']) expect(rest.some((line) => line.startsWith(`  ${word} `))).toBe(true)
  })

  test('names everything that it knows', () => {
    const text = renderProblem(problem)
    for (const [key, value] of Object.entries(problem)) {
      if (NOT_SHOWN.has(`${code}.${key}`)) continue
      for (const part of textsIn(value)) expect(text).toContain(part.split('\n')[0])
    }
  })
})

test('what is optional leaves no hole', () => {
  const problems: Problem[] = [
    { code: 'checkout-missing', service: 'hello', looked: '/x/hello', repository: undefined },
    {
      code: 'snapshot-missing',
      service: 'frontends',
      reference: 'devenv/frontends-snapshot:ulmo.4',
      because: 'x',
      url: undefined,
      from: 'https://github.com/openedx/frontend-app-authn and 5 more',
      ref: 'release/ulmo.4',
      detail: 'x',
    },
    { code: 'host-unreachable', host: 'rubygems.org', because: 'x', instead: undefined, detail: 'SELF_SIGNED_CERT' },
    { code: 'port-taken', port: 18000, holder: undefined },
    { code: 'image-unavailable', images: ['a'], mirror: undefined, detail: 'x' },
    { code: 'definition-unreadable', place: { file: 'compose.yaml' }, detail: 'x' },
    { code: 'container-exited', container: 'mysql', exitCode: 1, log: [], left: 'x' },
    { code: 'program-unknown', name: 'x', known: [] },
    { code: 'package-unknown', checkout: '/x', dependencies: [] },
    { code: 'commit-unknown', commit: 'x', repository: '/x', detail: '' },
    { code: 'commits-unavailable', service: 'hello', commits: ['a'], url: undefined, detail: 'x' },
    { code: 'release-unknown', release: 'x', known: [] },
    { code: 'platform-unavailable', builder: 'far', driver: 'remote', platforms: ['linux/arm64'], has: [] },
    { code: 'base-lacks-platform', base: 'debian:12', platforms: ['linux/arm64'], has: [] },
  ]
  for (const problem of problems) expect(renderProblem(problem)).not.toMatch(/undefined|: \.|\(\)/)
})

test('what cannot be the name of a service has no package that npm could add', () => {
  const unknown = { code: 'neighbour-service-unknown', known: ['hello'], isFolder: false, isPacked: false } as const
  const nowhere = renderProblem({ ...unknown, named: '@x', service: undefined })
  expect(nowhere).toContain('neither a path nor the name of a service')
  expect(nowhere).not.toContain('npm install')
  expect(renderProblem({ ...unknown, named: 'shop@ulmo.4', service: 'shop' })).toContain(
    '@devenv/shop   adds its package',
  )
  const packed = renderProblem({ ...unknown, named: 'shop@ulmo.4', service: 'shop', isPacked: true })
  expect(packed).toContain('npm pack -w packages/shop\n')
  expect(packed).not.toContain('@devenv/shop')
})

test('a program that several containers have is named once', () => {
  const text = renderProblem({ code: 'program-unknown', name: 'x', known: ['web', 'worker', 'web'] })
  expect(text).toContain('There are: web, worker.')
})

test('a place is file and line, as an editor opens it', () => {
  expect(explainProblem(SAMPLES['rule-broken']).what).toContain('compose.yaml:7')
})

test.each([
  ['service-unknown', { name: 'hullo', known: ['hello', 'mysql'] }, 'hello'],
  ['program-unknown', { name: 'wrok', known: ['web', 'worker'] }, 'worker'],
  ['programs-unknown', { names: ['wbe', 'x'], known: ['web', 'worker'] }, 'web'],
  ['publish-unknown', { names: ['mysq'], known: ['mysql', 'redis'] }, 'mysql'],
  ['store-unknown', { names: ['mysql'], known: ['hello', 'mysql-8.4'] }, 'mysql-8.4'],
  ['steps-unknown', { names: ['migration'], known: ['migrations'] }, 'migrations'],
  ['address-unknown', { name: 'studo', known: ['lms', 'studio'] }, 'studio'],
  ['release-unknown', { release: 'ulmo', known: ['ulmo.1'] }, 'ulmo.1'],
] as const)('%s with %j names the nearest, and all that there are', (code, change, near) => {
  const { what, why } = explainProblem({ ...SAMPLES[code], ...change } as Problem)
  expect(what).toMatch(new RegExp(`Did you mean ${near}\\?$`))
  expect(why).toContain(change.known.join(', '))
})

test('a path in a command is quoted as a shell needs it', () => {
  const fix = (looked: string) => explainProblem({ ...SAMPLES['checkout-missing'], looked }).fix
  expect(fix('/plain/path')).toContain(' /plain/path\n')
  expect(fix("/my code/it's")).toContain(`'/my code/it'\\''s'`)
})

test('an authority that is not known is mended by a bundle, another failure is not', () => {
  const fix = (detail: string) => explainProblem({ ...SAMPLES['registry-unreachable'], detail }).fix
  expect(fix('self-signed certificate in certificate chain (SELF_SIGNED_CERT_IN_CHAIN)')).toContain('DEVENV_CA_BUNDLE=')
  expect(explainProblem({ ...SAMPLES['host-unreachable'], detail: 'SELF_SIGNED_CERT' }).fix).toContain(
    'DEVENV_CA_BUNDLE=',
  )
  expect(fix('certificate has expired (CERT_HAS_EXPIRED)')).not.toContain('DEVENV_CA_BUNDLE')
  expect(fix('it does not speak https')).toContain('"insecure-registries": ["ghcr.io"]')
})

test('who may not read a registry logs in, and who may not write logs in as another', () => {
  const fix = (doing: 'read' | 'write') => explainProblem({ ...SAMPLES['registry-forbidden'], doing }).fix
  expect(fix('read')).toBe('docker login ghcr.io')
  expect(fix('write')).toMatch(/^docker login ghcr\.io .*may push/)
})

test('a failed push says that devenv moved no tag; a failed build, that it published nothing', () => {
  const words = (doing: 'load' | 'push' | 'cache') =>
    Object.values(explainProblem({ ...SAMPLES['build-failed'], doing })).join('\n')
  expect(words('push')).toMatch(/^Not pushed: .*\n.*devenv moved no tag/)
  for (const doing of ['load', 'cache'] as const)
    expect(words(doing)).toMatch(/^Not built: .*\n.*devenv started, replaced and published nothing/)
})

test('who named a builder hears that it is the builder that speaks to the registry', () => {
  const fix = (builder: string | undefined) =>
    explainProblem({ ...SAMPLES['build-failed'], doing: 'push', builder }).fix
  expect(fix('farm')).toMatch(/The builder farm talks to the registry itself/)
  expect(fix(undefined)).not.toContain('builder')
})

test('a clone is what helps where commits are missing, and a way to the repository where there is one', () => {
  const fix = (change: { commits?: string[]; url?: undefined }) =>
    explainProblem({ ...SAMPLES['commits-unavailable'], ...change }).fix
  expect(fix({})).toMatch(/has them: --checkout=PATH\n.*https:\/\/a\.b\/hello$/)
  expect(fix({ commits: ['a'], url: undefined })).toMatch(/has it: --checkout=PATH$/)
})

test('each shape that a checkout could have is told with all that it lacks', () => {
  const { why } = explainProblem(SAMPLES['variant-unknown'])
  expect(why.split('\n')).toEqual([
    'uv: it has no uv.lock',
    'pip: it has no requirements/base.txt, no line /^pip/ in Makefile',
  ])
})

test('several lines stay under their word', () => {
  const text = renderProblem({ code: 'not-ready', container: 'hello', log: ['one', 'two'] })
  expect(text).toMatch(/^ {2}why {2}.*\n {7} {2}one\n {7} {2}two$/m)
})

test('an error carries all its problems, and their codes as its message', () => {
  const error = new DevenvError(SAMPLES['port-taken'], SAMPLES.busy)
  expect(error.problems).toEqual([SAMPLES['port-taken'], SAMPLES.busy])
  expect(error.message).toBe('port-taken, busy')
  expect(error).toBeInstanceOf(Error)
})
