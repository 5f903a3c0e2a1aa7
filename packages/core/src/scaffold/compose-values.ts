import type { Kind, Looked } from './look-into-checkout.js'
import { SERVERS, type ServerName } from './servers.js'

/** A server that a package needs: `version` where it was named. */
export type NeededServer = { name: string; version: string | undefined }

/** Of `mysql:8.4`. Pure. */
export const parseServer = (text: string): NeededServer => {
  const [name = '', version] = text.split(':')
  return { name, version }
}

export const usualVersionOf = (name: ServerName | string): string =>
  SERVERS.find((server) => server.name === name)?.version ?? ''
const imageOf = (name: string): string => {
  const image = SERVERS.find((server) => server.name === name)?.image ?? name
  return image.includes('/') ? image : `library/${image}`
}

/** What the templates of a Compose file are filled with. Pure. */
export function composeValues(
  { service, core }: { service: string; core: string },
  kind: Kind,
  looked: Looked,
  servers: readonly NeededServer[],
): { [name: string]: string } {
  const names = servers.map(({ name }) => name)
  const steps = kind === 'django' ? stepsOf(looked, names) : []
  return {
    hosts: hostsOf(service, looked),
    args:
      looked.fromGitHub.length === 0
        ? ''
        : block(
            'build',
            `args: { GITHUB: "\${${settingOf(service)}:-install}" } # skip: leave out what comes from GitHub`,
          ),
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
    servers: servers.map((server) => serverBlock(server, core, looked.database)).join('\n\n'),
  }
}

/** A key of YAML with what is below it. */
const block = (key: string, below: readonly string[] | string): string => {
  const lines = [below].flat().flatMap((text) => text.split('\n'))
  return lines.every((line) => line === '') ? '' : [`${key}:`, ...lines.map((line) => `  ${line}`)].join('\n')
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

/** The programs' settings would win over those of pytest.ini. */
function testTarget({ testSettings, testVariables, hasTestTarget }: Looked): string[] {
  const environment = Object.entries({ DJANGO_SETTINGS_MODULE: testSettings?.value, ...testVariables }).flatMap(
    ([name, value]) => (value === undefined ? [] : `${name}: ${value}`),
  )
  return [
    block('environment', environment),
    ...(hasTestTarget
      ? []
      : ['about: "run all tests; some: TESTS=PATH"', 'because: the checkout’s Makefile has no target test']),
  ].filter((text) => text !== '')
}

function serverBlock({ name, version }: NeededServer, core: string, database: Looked['database']): string {
  const lines = [
    `${name}:`,
    `  extends: { file: "\${DEVENV_CORE:-${core}}/compose/${name}.yaml", service: ${name} }`,
    `  image: \${DEVENV_MIRROR:-docker.io}/${imageOf(name)}:${version ?? usualVersionOf(name)}`,
  ]
  const account = { MYSQL_DATABASE: 'app', MYSQL_USER: 'app', MYSQL_PASSWORD: 'password', ...database }
  if (name === 'mysql')
    lines.push('  environment:', ...Object.entries(account).map(([key, value]) => `    ${key}: ${value}`))
  return lines.join('\n')
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
