import type { Found, Kind, Looked } from './look-into-checkout.js'
import { SERVERS, type ServerName } from './servers.js'

/** What a person says of a new package; what is `undefined` the checkout tells, or a usual value. */
export type NewPackage = {
  service: string
  kind: Kind | undefined
  port: string | undefined
  repository: string | undefined
  /** The branch that images are published for. */
  branch: string | undefined
  /** Servers, each with a version where one is named: `mysql:8.4`. */
  servers: readonly string[] | undefined
  /** From the folder of the package, as the default of DEVENV_CORE and DEVENV_CHECKOUT. */
  core: string
  clone: string
  /** The version of core. */
  version: string
}

/**
 * `kind` chooses the templates, `values` fills them, a name with several lines as it stands; `guesses`: what was not said, and from where
 * it comes; `left`: what a person has to look at.
 */
export type PackagePlan = {
  kind: Kind
  values: { readonly [name: string]: string }
  left: readonly string[]
  guesses: readonly string[]
  /** Files of the templates that this package has no use for. */
  without: readonly string[]
}

const USUAL = { port: '8000', python: '3.12', ruby: '3.3', node: '24' }
/** Images are named exactly: the last of each line that we know. */
const NODES: { readonly [line: string]: string } = { 16: '16.14.0', 18: '18.20.1', 20: '20.20.2', 24: '24.12.0' }
const exactNode = (version: string): string => NODES[version] ?? version

/** Pure. */
export function planPackage(given: NewPackage, looked: Looked): PackagePlan {
  const guesses: string[] = []
  const take = (what: string, said: string | undefined, found: Found<string> | undefined, usual: string): string => {
    if (said !== undefined) return said
    guesses.push(
      `${what} ${found?.value ?? usual}${found === undefined ? ', as usual: nothing tells' : `  (${found.from})`}`,
    )
    return found?.value ?? usual
  }
  const kind = take('kind', given.kind, looked.kind, 'django') as Kind
  const language = { django: 'python', ruby: 'ruby', node: 'node' }[kind] as 'python' | 'ruby' | 'node'
  const languageVersion = take(language, undefined, looked[language], USUAL[language])
  const port = take('port', given.port, looked.port, USUAL.port)
  const health = take('health check', undefined, looked.health, '/')
  const servers =
    given.servers?.map(parseServer) ?? looked.servers.map(({ value }) => ({ name: value, version: undefined }))
  if (given.servers === undefined)
    guesses.push(...looked.servers.map(({ value, from }) => `server ${value} ${versionOf(value)}  (${from})`))
  const settings = kind === 'django' ? take('settings', undefined, looked.settings, 'settings') : undefined
  const names = servers.map(({ name }) => name)
  // Beside the code directory Node finds packages that the checkout does not hide.
  const withNode = kind === 'node' || (kind === 'django' && looked.npm.length > 0)
  const directory = `/edx/app/${given.service}${withNode ? `/${given.service}` : ''}`
  const steps = kind === 'django' ? stepsOf(looked, names) : []
  return {
    kind,
    guesses,
    left: leftOf(looked, kind),
    without: [
      ...(looked.celery === undefined ? ['image/supervisor/worker.conf'] : []),
      ...(looked.hasTestTarget ? ['image/targets.mk'] : []),
    ],
    values: {
      service: given.service,
      directory,
      core: given.core,
      clone: given.clone,
      version: given.version,
      port,
      health,
      [language]: language === 'node' ? exactNode(languageVersion) : languageVersion,
      hosts: hostsOf(given.service, looked),
      args:
        looked.fromGitHub.length === 0
          ? ''
          : block(
              'build',
              `args: { GITHUB: "\${${settingOf(given.service)}:-install}" } # skip: leave out what comes from GitHub`,
            ),
      celery: looked.celery?.value ?? '',
      marks: marksOf(kind, looked).join(', '),
      repository: given.repository === undefined ? '' : `repository: ${given.repository}`,
      releases: given.repository === undefined ? '' : `releases: { main: ${given.branch ?? 'master'} }`,
      targets: kind === 'django' ? block('targets', block('test', testTarget(looked))) : '',
      provision: steps.length === 0 ? '' : ['provision:', ...steps.map((step) => `  ${step}`)].join('\n'),
      environment: block(
        'environment',
        Object.entries(looked.variables).map(([name, value]) => `${name}: ${value}`),
      ),
      depends: block(
        'depends_on',
        names.map((name) => `${name}: { condition: service_healthy }`),
      ),
      servers: servers.map((server) => serverBlock(server, given.core, looked.database)).join('\n\n'),
      settings: settings === undefined ? '' : `DJANGO_SETTINGS_MODULE=${settings}`,
      ...dockerfileValues(given.service, kind, looked, names),
    },
  }
}

const settingOf = (service: string): string => `${service.toUpperCase().replaceAll('-', '_')}_GITHUB`

const hostsOf = (service: string, { fromGitHub }: Looked): string =>
  fromGitHub.length === 0
    ? ''
    : block('hosts', [
        block('github.com', [
          'because: some packages of this checkout come from there',
          block(
            'where',
            fromGitHub.map(
              (file) =>
                `- { file: ${file}, matches: '${file === 'uv.lock' ? 'git = "' : 'git\\+'}https://github\\.com/' }`,
            ),
          ),
          'unless: { GITHUB: skip }',
          `instead: ${settingOf(service)}=skip`,
        ]),
      ])

type Server = { name: string; version: string | undefined }

const parseServer = (text: string): Server => {
  const [name = '', version] = text.split(':')
  return { name, version }
}

const versionOf = (name: ServerName | string): string => SERVERS.find((server) => server.name === name)?.version ?? ''
const imageOf = (name: string): string => {
  const image = SERVERS.find((server) => server.name === name)?.image ?? name
  return image.includes('/') ? image : `library/${image}`
}

/** A key of YAML with what is below it. */
const block = (key: string, below: readonly string[] | string): string => {
  const lines = [below].flat().flatMap((text) => text.split('\n'))
  return lines.every((line) => line === '') ? '' : [`${key}:`, ...lines.map((line) => `  ${line}`)].join('\n')
}

/** The programs' settings would win over those of pytest.ini. */
function testTarget({ testSettings, testVariables, hasTestTarget }: Looked): string[] {
  const environment = Object.entries({ DJANGO_SETTINGS_MODULE: testSettings?.value, ...testVariables }).flatMap(
    ([name, value]) => (value === undefined ? [] : `${name}: ${value}`),
  )
  return [
    block('environment', environment),
    ...(hasTestTarget ? [] : ['because: the checkout’s Makefile has no target test']),
  ].filter((text) => text !== '')
}

function serverBlock({ name, version }: Server, core: string, database: Looked['database']): string {
  const lines = [
    `${name}:`,
    `  extends: { file: "\${DEVENV_CORE:-${core}}/compose/${name}.yaml", service: ${name} }`,
    `  image: \${DEVENV_MIRROR:-docker.io}/${imageOf(name)}:${version ?? versionOf(name)}`,
  ]
  const account = { MYSQL_DATABASE: 'app', MYSQL_USER: 'app', MYSQL_PASSWORD: 'password', ...database }
  if (name === 'mysql')
    lines.push('  environment:', ...Object.entries(account).map(([key, value]) => `    ${key}: ${value}`))
  return lines.join('\n')
}

const marksOf = (kind: Kind, { settings, kind: found }: Looked): string[] => {
  const file = { django: 'manage.py', ruby: 'Gemfile', node: 'package.json' }[kind]
  return [found?.from ?? file, ...(kind === 'django' && settings !== undefined ? [settings.from] : [])]
}

function stepsOf(looked: Looked, servers: readonly string[]): string[] {
  const folders = looked.migrated.length > 1 ? `{${looked.migrated.join(',')}}` : (looked.migrated[0] ?? '*')
  const migrate = [
    '- name: migrations',
    '  run: python manage.py migrate --noinput',
    ...(servers.includes('mysql') ? ['  needs: [mysql]'] : []),
    '  when:',
    `    files: ["${folders}/**/migrations/*.py"]`,
    '    installed: ["/opt/venv/lib/python3*/site-packages/**/migrations/*.py"]',
    ...(servers.includes('mysql') ? ['    stores: [mysql]'] : []),
  ]
  const index = [
    '- name: search indexes',
    '  run: python manage.py search_index --rebuild -f',
    '  when: { stores: [elasticsearch] }',
  ]
  return [...migrate, ...(looked.searchIndex && servers.includes('elasticsearch') ? index : [])]
}

const MOUNT_CORE = '--mount=from=core,source=build,target=/opt/devenv/build'

function dockerfileValues(
  service: string,
  kind: Kind,
  looked: Looked,
  servers: readonly string[],
): { [name: string]: string } {
  const locked = looked.requirements.includes('uv.lock')
  const folder = looked.requirements.some((path) => path.startsWith('requirements/'))
  const withNode = kind === 'django' && looked.npm.length > 0
  const inputs =
    kind === 'ruby' ? ['Gemfile', 'Gemfile.lock'] : [...(kind === 'django' ? looked.requirements : []), ...looked.npm]
  return {
    inputs: inputs.map((path) => `!${path}`).join('\n'),
    'inputs-in-line': inputs.join(' '),
    packages: [
      'build-essential',
      'pkg-config',
      ...(servers.includes('mysql') ? ['default-libmysqlclient-dev', 'default-mysql-client'] : []),
    ].join(' '),
    'github-arg': looked.fromGitHub.length > 0 ? 'ARG GITHUB=install' : '',
    'requirements-mount': folder ? '--mount=source=requirements,target=/requirements' : '--mount=target=/checkout',
    requirements: locked
      ? '--lock /checkout --all-groups'
      : looked.requirements.map((path) => `-r ${folder ? `/${path}` : `/checkout/${path}`}`).join(' '),
    'node-stage': withNode
      ? [
          `FROM \${DEVENV_MIRROR}/library/node:${exactNode(looked.node?.value ?? USUAL.node)}-bookworm-slim AS node`,
          `WORKDIR /edx/app/${service}`,
          `COPY ${looked.npm.join(' ')} ./`,
          'RUN --mount=type=secret,id=ca-bundle --mount=type=cache,target=/root/.npm \\',
          `    ${MOUNT_CORE} \\`,
          '    sh /opt/devenv/build/with-ca npm ci --ignore-scripts --no-audit --no-fund --no-update-notifier',
          '',
        ].join('\n')
      : '',
    'node-modules': withNode
      ? [
          '# Node finds its packages beside the code directory, which the checkout hides.',
          'COPY --from=node /usr/local/bin/node /usr/local/bin/node',
          `COPY --from=node /edx/app/${service}/ /edx/app/${service}/`,
        ].join('\n')
      : '',
    'node-path': withNode ? `:/edx/app/${service}/node_modules/.bin` : '',
  }
}

const leftOf = (looked: Looked, kind: Kind): string[] => [
  ...(kind === 'django' && looked.requirements.length === 0
    ? ['no file of requirements was found: name them in Dockerfile']
    : []),
  ...(looked.fixedHosts.length > 0
    ? [
        `the settings name hosts that nobody answers here, without a variable for them: ${looked.fixedHosts.join(', ')}. Put settings on top, in image/settings/`,
      ]
    : []),
  ...(kind === 'django' && looked.npm.length > 0
    ? [
        'the checkout has npm’s packages too: if pages need what webpack makes, add a program for it, as packages/discovery does',
      ]
    : []),
  ...(kind === 'ruby' ? ['the web server in image/supervisor/web.conf is rackup: name the service’s own'] : []),
  ...(kind === 'node'
    ? ['image/supervisor/web.conf starts `npm start` with PORT: see that it listens there, on 0.0.0.0']
    : []),
  'nobody can sign in yet: a provisioning step may make an account, and `accounts` tells it',
]
