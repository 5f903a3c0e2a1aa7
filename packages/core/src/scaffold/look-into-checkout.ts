import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { globSync } from 'tinyglobby'
import { hostOf, SERVERS, type ServerName } from './servers.js'

/** Something that a checkout tells, and where: `8120` of `Makefile: runserver 0.0.0.0:8120`. */
export type Found<T> = { value: T; from: string }

/** The kind of a service, by the file that tells: manage.py, Gemfile, package.json. */
export type Kind = 'django' | 'ruby' | 'node'

/** What a checkout tells of the environment that it needs. Nothing of it is certain. */
export type Looked = {
  kind: Found<Kind> | undefined
  /** The version of the language: `3.12`, `3.1.4`, `24`. */
  python: Found<string> | undefined
  ruby: Found<string> | undefined
  node: Found<string> | undefined
  port: Found<string> | undefined
  /** The path that tells whether the service is well, with its slashes. */
  health: Found<string> | undefined
  /** The settings module for development, and that of the tests. */
  settings: Found<string> | undefined
  testSettings: Found<string> | undefined
  /** Whether the Makefile has a target `test`. */
  hasTestTarget: boolean
  /** As `variables`, of the tests. */
  testVariables: { readonly [name: string]: string }
  servers: readonly Found<ServerName>[]
  /** Variables by which settings for development name a server or its account, each with the value that leads to ours. */
  variables: { readonly [name: string]: string }
  /** The database, user and password that the settings use unless they are told others. */
  database: { readonly [variable: string]: string }
  /** Hosts that the settings name and no variable replaces: `edx.devstack.lms:18000`. */
  fixedHosts: readonly string[]
  /** The module with the Celery application. */
  celery: Found<string> | undefined
  /** Files of requirements, or the lock, in the order in which they are installed. */
  requirements: readonly string[]
  /** Of these, the files that name packages of github.com. */
  fromGitHub: readonly string[]
  /** npm's files, where there are any. */
  npm: readonly string[]
  /** Top folders with Django migrations. */
  migrated: readonly string[]
  /** Whether Elasticsearch's indexes are django-elasticsearch-dsl's. */
  searchIndex: boolean
}

const FROM_GITHUB = /git(?:\+| = ")https:\/\/github\.com/
const IGNORED = ['**/node_modules/**', '**/.*/**', '**/static/**', '**/docs/**']

/** Reads a checkout, and runs nothing of it. */
export function lookIntoCheckout(checkout: string): Looked {
  const has = (path: string) => isFile(join(checkout, path))
  const read = (path: string) => (has(path) ? readFileSync(join(checkout, path), 'utf8') : '')
  const list = (...globs: string[]) => globSync(globs, { cwd: checkout, ignore: IGNORED }).sort()
  const first = (...globs: string[]) => globs.flatMap((glob) => list(glob))[0]
  /** The first match of a pattern's group among files, with its line. */
  const find = (paths: readonly string[], pattern: RegExp): Found<string> | undefined => {
    for (const path of paths) {
      const match = pattern.exec(read(path))
      if (match?.[1] !== undefined) return { value: match[1], from: `${path}: ${match[0].trim()}` }
    }
    return undefined
  }
  const kind = findKind(has)
  const settingsFile = first('*/settings/devstack.py', '*/settings/local.py', '*/settings/dev.py', '*/settings.py')
  const settings =
    settingsFile === undefined
      ? undefined
      : { value: settingsFile.replace(/\.py$/, '').replaceAll('/', '.'), from: settingsFile }
  const requirements = findRequirements(has)
  const written = [read(settingsFile ?? ''), ...list('*/settings/{base,common}.py').map(read)].join('\n')
  const configured = list('pytest.ini', 'setup.cfg', 'tox.ini', 'pyproject.toml')
  const composed = list('docker-compose*.{yml,yaml}', 'compose*.{yml,yaml}', '*/docker-compose*.{yml,yaml}')
  // What a compiled list names is mostly what others need.
  const direct = list('requirements/*.in')
  const named = direct.length > 0 ? direct : requirements
  const celery = first('*/celery.py')
  const testSettings = find(configured, /DJANGO_SETTINGS_MODULE\s*=\s*["']?([\w.]+)/)
  return {
    kind,
    python:
      find(['.python-version'], /^(3\.\d+)/) ??
      shorter(find(['tox.ini'], /py\{?3?\.?(\d[\d.]*)\}?/)) ??
      find(['pyproject.toml'], /requires-python\s*=\s*["'][^\d]*(3\.\d+)/),
    ruby:
      find(['.ruby-version'], /^(?:ruby-)?(\d+\.\d+(?:\.\d+)?)/) ??
      find(['Gemfile.lock'], /^ {3}ruby (\d+\.\d+\.\d+)/m),
    node: find(['.nvmrc', '.node-version'], /^v?(\d+(?:\.\d+)*)/),
    port:
      find(
        ['Makefile', ...composed, ...list('*/docker_gunicorn_configuration.py')],
        /(?:0\.0\.0\.0|runserver)[: ](\d{4,5})/,
      ) ?? find(composed, /["' -](\d{4,5}):\1\b/),
    health: atPath(find(list('*/urls.py'), /\(\s*r?["']\^?((?:[\w-]+\/)*(?:health|heartbeat)\/?)\$?["']/)),
    settings,
    testSettings,
    hasTestTarget: /^test\s*:(?!=)/m.test(read('Makefile')),
    testVariables: parseServerSettings(read(`${testSettings?.value.replaceAll('.', '/')}.py`)).variables,
    servers: findServers(
      composed.map((path) => [path, read(path)]),
      written,
      named.map((path) => [path, read(path).toLowerCase()]),
    ),
    ...parseServerSettings(written),
    celery: celery === undefined ? undefined : { value: celery.replace(/\/celery\.py$/, ''), from: celery },
    requirements,
    fromGitHub: requirements.filter((path) => FROM_GITHUB.test(read(path))),
    npm: has('package-lock.json') ? ['package.json', 'package-lock.json'] : [],
    migrated: [...new Set(list('*/**/migrations/0*.py').map((path) => path.split('/')[0] ?? ''))],
    searchIndex: named.some((path) => read(path).includes('django-elasticsearch-dsl')),
  }
}

/** A link that leads nowhere, or in a circle, tells as much as nothing. */
function isFile(path: string): boolean {
  try {
    return statSync(path).isFile()
  } catch {
    return false
  }
}

function findKind(has: (path: string) => boolean): Found<Kind> | undefined {
  const kinds = { 'manage.py': 'django', Gemfile: 'ruby', 'package.json': 'node' } as const
  for (const [file, value] of Object.entries(kinds)) if (has(file)) return { value, from: file }
  return undefined
}

/** `312` of tox is 3.12. */
const shorter = (found: Found<string> | undefined): Found<string> | undefined => {
  if (found === undefined) return undefined
  const digits = found.value.replace(/^3?\.?/, '')
  return /^\d+$/.test(digits) ? { ...found, value: `3.${digits}` } : undefined
}

const atPath = (found: Found<string> | undefined): Found<string> | undefined =>
  found && { value: `/${found.value}`, from: found.from.replace(/:.*/, '') }

/** Those for development where there are some; else what runs and what tests. */
function findRequirements(has: (path: string) => boolean): string[] {
  if (has('uv.lock')) return ['pyproject.toml', 'uv.lock']
  const files = (...names: string[]) => names.map((name) => `requirements/${name}.txt`).filter(has)
  const all = files('dev', 'development', 'local').slice(0, 1)
  const chosen = all.length > 0 ? all : files('base', 'test')
  const found = [...files('pip').slice(0, 1), ...chosen, ...files('django')]
  return found.length > 0 ? found : ['requirements.txt'].filter(has)
}

type File = readonly [path: string, text: string]

function findServers(composed: readonly File[], settings: string, named: readonly File[]): Found<ServerName>[] {
  const told = new Map(
    SERVERS.flatMap((server): [ServerName, string][] => {
      const { name, image } = server
      const file = composed.find(([, text]) => new RegExp(`image:\\s*["']?(?:[\\w.-]+/)*${image}[:"'\\s]`).test(text))
      if (file !== undefined) return [[name, file[0]]]
      return hostOf(server).test(settings) ? [[name, 'the settings']] : []
    }),
  )
  const isSearched = SERVERS.some((server) => 'searches' in server && told.has(server.name))
  return SERVERS.flatMap((server): Found<ServerName>[] => {
    const { name, uses } = server
    const from = told.get(name)
    if (from !== undefined) return [{ value: name, from }]
    if ('searches' in server && isSearched) return []
    return named
      .flatMap(([path, text]) =>
        uses.flatMap((each) => (new RegExp(`^\\s*"?${each}\\b(?!-)`, 'm').test(text) ? `${path}: ${each}` : [])),
      )
      .slice(0, 1)
      .map((from) => ({ value: name, from }))
  })
}

const VARIABLE = /os\.(?:environ\.get|getenv)\(\s*["'](\w+)["']\s*,\s*["']([^"']*)["']/g
/** What a settings file calls the parts of a database, and what MySQL’s image calls them. */
const ACCOUNT: { readonly [key: string]: string } = {
  NAME: 'MYSQL_DATABASE',
  USER: 'MYSQL_USER',
  PASSWORD: 'MYSQL_PASSWORD',
}

/** Which variables lead settings to our servers. Pure. */
export function parseServerSettings(text: string): Pick<Looked, 'variables' | 'database' | 'fixedHosts'> {
  const variables: Record<string, string> = {}
  for (const [, name = '', value = ''] of text.matchAll(VARIABLE)) {
    const server = SERVERS.find((each) => hostOf(each).test(value))
    if (server !== undefined) variables[name] = value.replace(hostOf(server), server.name)
  }
  const database: Record<string, string> = {}
  const [databases = ''] = /^DATABASES\s*=.*(?:\n(?:[ \t}].*)?)*/m.exec(text) ?? []
  for (const [, key = '', given = ''] of databases.matchAll(
    /["'](\w+)["']\s*:\s*(os\.\w[\w.]*\([^)]*\)|["'][^"']*["'])/g,
  )) {
    const [, variable, preset] = new RegExp(VARIABLE, '').exec(given) ?? []
    if (key === 'HOST' && variable !== undefined && preset !== '') variables[variable] = 'mysql'
    const value = preset ?? /^["']([^"']*)["']/.exec(given)?.[1]
    if (ACCOUNT[key] !== undefined && value) database[ACCOUNT[key]] = value
  }
  const replaced = text.replaceAll(VARIABLE, '')
  const fixedHosts = [...new Set(replaced.match(/\bedx\.devstack\.[\w-]+(?::\d+)?/g) ?? [])].sort()
  return { variables, database, fixedHosts }
}
