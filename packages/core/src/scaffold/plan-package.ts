import { composeValues, parseServer, usualVersionOf } from './compose-values.js'
import { dockerfileValues } from './dockerfile-values.js'
import type { Found, Kind, Looked } from './look-into-checkout.js'
import { exactNode, USUAL_VALUES } from './usual.js'

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

/** Pure. */
export function planPackage(given: NewPackage, looked: Looked): PackagePlan {
  const guesses: string[] = []
  const take = (what: string, said: string | undefined, found: Found<string> | undefined, usual: string): string => {
    if (said !== undefined) return said
    guesses.push(
      `${what} ${found?.value ?? usual}${found === undefined ? '  (nothing says otherwise)' : `  (${found.from})`}`,
    )
    return found?.value ?? usual
  }
  const kind = take('kind', given.kind, looked.kind, 'django') as Kind
  const language = { django: 'python', ruby: 'ruby', node: 'node' }[kind] as 'python' | 'ruby' | 'node'
  const languageVersion = take(language, undefined, looked[language], USUAL_VALUES[language])
  const port = take('port', given.port, looked.port, USUAL_VALUES.port)
  const health = take('health check', undefined, looked.health, '/')
  const servers =
    given.servers?.map(parseServer) ?? looked.servers.map(({ value }) => ({ name: value, version: undefined }))
  if (given.servers === undefined)
    guesses.push(...looked.servers.map(({ value, from }) => `server ${value} ${usualVersionOf(value)}  (${from})`))
  const settings = kind === 'django' ? take('settings', undefined, looked.settings, 'settings') : undefined
  // Beside the code directory Node finds packages that the checkout does not hide.
  const withNode = kind === 'node' || (kind === 'django' && looked.npm.length > 0)
  const directory = `/edx/app/${given.service}${withNode ? `/${given.service}` : ''}`
  return {
    kind,
    guesses,
    left: leftOf(
      looked,
      kind,
      servers.some(({ name }) => name === 'mysql'),
    ),
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
      celery: looked.celery?.value ?? '',
      marks: marksOf(kind, looked).join(', '),
      repository: given.repository === undefined ? '' : `repository: ${given.repository}`,
      releases: given.repository === undefined ? '' : `releases: { main: ${given.branch ?? 'master'} }`,
      settings: settings === undefined ? '' : `DJANGO_SETTINGS_MODULE=${settings}`,
      ...composeValues(given, kind, looked, servers),
      ...dockerfileValues(
        given.service,
        kind,
        looked,
        servers.map(({ name }) => name),
      ),
    },
  }
}

const marksOf = (kind: Kind, { settings, kind: found }: Looked): string[] => {
  const file = { django: 'manage.py', ruby: 'Gemfile', node: 'package.json' }[kind]
  return [found?.from ?? file, ...(kind === 'django' && settings !== undefined ? [settings.from] : [])]
}

const ACCOUNT = ['MYSQL_DATABASE', 'MYSQL_USER', 'MYSQL_PASSWORD']

const leftOf = (looked: Looked, kind: Kind, usesMysql: boolean): string[] => [
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
  ...(usesMysql && ACCOUNT.some((name) => looked.database[name] === undefined)
    ? [
        'the settings do not tell the database, user and password of MySQL: compose.yaml has usual ones; the service has to use the same',
      ]
    : []),
  ...(kind === 'ruby' ? ['the web server in image/supervisor/web.conf is rackup: name the service’s own'] : []),
  ...(kind === 'node'
    ? ['image/supervisor/web.conf starts `npm start` with PORT: see that it listens there, on 0.0.0.0']
    : []),
  'no account is made yet: add a provisioning step that makes one, and name it under `accounts`, so that a start prints it',
]
