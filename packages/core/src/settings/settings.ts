import { existsSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { CORE_DIRECTORY } from '../definition/core-directory.js'
import { DevenvError, type Problem } from '../problem/problem.js'
import { readTextFile } from '../problem/read-text-file.js'
import { HOST_CA_VARIABLES } from './ca-variables.js'

/** Which programs of an environment run: those named, or every one. */
export type ProgramChoice = 'all' | readonly string[]

/** What a person sets by environment variables. Read once, at the edge; `docs/settings.md` is its table. */
export type Settings = {
  /** DEVENV_DIR: the folder that holds a data directory for each service, instead of `.dev/` in the checkout. */
  dataRoot: string | undefined
  /** DEVENV_MIRROR: the registry host asked instead of docker.io. */
  mirror: string | undefined
  /** DEVENV_REGISTRY: where images of ours live, a host and maybe a path; `''` for nowhere. Not set: as published. */
  registry: string | undefined
  /** DEVENV_DIGESTS: a file that `devenv publish --digests` wrote. */
  digests: string | undefined
  /** DEVENV_OFFLINE, or --offline: no call leaves this machine. */
  network: 'online' | 'offline'
  /** DEVENV_PUBLISH: third-party services to publish on loopback. Not set: as it was. */
  publish: readonly string[] | undefined
  /** DEVENV_PROGRAMS, or --programs: those that run. Not set: as it was. */
  programs: ProgramChoice | undefined
  /** DEVENV_WITHOUT: third-party services to do without. Not set: as it was. */
  without: readonly string[] | undefined
  /** DEVENV_WITH, or --with: what runs beside this one, checkouts as whole paths, and services by name. Not set: as it was. */
  with: readonly string[] | undefined
  /** DEVENV_SEEDS: whether new stores take ready data, or steps make all of it. */
  seeds: 'taken' | 'none'
  /** DEVENV_FOLLOW_BRANCH: whether each branch has data of its own, where its steps would change those of another. */
  followsBranch: boolean
  /** DEVENV_RELOAD: whether a server boots whole after a save, or goes on from a checkpoint. Not set: as it was. */
  reload: 'plain' | 'checkpoint' | undefined
  /** The host's bundle of certificate authorities: DEVENV_CA_BUNDLE, or where this machine keeps it. */
  caBundle: string | undefined
  /** HTTP_PROXY and its kin, as they are set. */
  proxies: Readonly<Record<string, string>>
  /** All that is set, for the variables that a Compose file reads itself. */
  variables: Readonly<Record<string, string | undefined>>
  /** The variables that a file of the checkout sets, and nothing else. */
  filed: readonly string[]
}

/** The settings that stay in force until they are set again, or the environment is cleaned; each with its variable. */
export const REMEMBERED = {
  mirror: 'DEVENV_MIRROR',
  registry: 'DEVENV_REGISTRY',
  publish: 'DEVENV_PUBLISH',
  programs: 'DEVENV_PROGRAMS',
  without: 'DEVENV_WITHOUT',
  with: 'DEVENV_WITH',
  reload: 'DEVENV_RELOAD',
} as const
type RememberedName = keyof typeof REMEMBERED
const NAMES = Object.keys(REMEMBERED) as RememberedName[]

/**
 * What a start leaves for the next one. `variables`: those that the Compose files read; `null` for one that was not
 * set. `filed`: as in the settings; these are forgotten with their line in the file.
 */
export type Remembered = { readonly [Name in RememberedName]?: Settings[Name] | undefined } & {
  readonly variables: { readonly [name: string]: string | null }
  readonly filed: readonly string[]
}

/** What is set now, else what was set before. Pure. */
export const remember = (given: Settings, before: Remembered | undefined): Settings => {
  const kept = before === undefined ? undefined : withoutFiled(before)
  return {
    ...given,
    ...Object.fromEntries(NAMES.map((name) => [name, given[name] ?? kept?.[name]])),
    variables: { ...setIn(kept?.variables ?? {}), ...given.variables },
  }
}

const withoutFiled = ({ filed, ...before }: Remembered): Omit<Remembered, 'filed'> => ({
  ...Object.fromEntries(NAMES.filter((name) => !filed.includes(REMEMBERED[name])).map((name) => [name, before[name]])),
  variables: Object.fromEntries(Object.entries(before.variables).filter(([name]) => !filed.includes(name))),
})

/** What to remember of settings in force, with `variables` as the Compose files name them. Pure. */
export const rememberedOf = (settings: Settings, variables: Remembered['variables']): Remembered => ({
  ...Object.fromEntries(NAMES.map((name) => [name, settings[name]])),
  variables,
  filed: settings.filed.filter((name) => name in variables || Object.values<string>(REMEMBERED).includes(name)),
})

/** Whether something is set otherwise than it was before. What is not set stays as it was. Pure. */
export const differs = (given: Settings, before: Remembered): boolean => {
  const now = remember(given, before)
  return (
    NAMES.some((name) => JSON.stringify(now[name]) !== JSON.stringify(before[name])) ||
    Object.entries(before.variables).some(([name, value]) => (now.variables[name] ?? null) !== value)
  )
}

/** Of what is set, that which has these names; `null` for what is not set. Pure. */
export const variablesOf = (
  names: readonly string[],
  { variables }: Pick<Settings, 'variables'>,
): { [name: string]: string | null } => Object.fromEntries(names.map((name) => [name, variables[name] ?? null]))

const setIn = (variables: Remembered['variables']): { [name: string]: string } =>
  Object.fromEntries(Object.entries(variables).flatMap(([name, value]) => (value === null ? [] : [[name, value]])))

const YES = ['1', 'yes', 'true']
const NO = ['0', 'no', 'false']
const RELOADS = ['plain', 'checkpoint'] as const
/** The settings that are one of a few words, in any case. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  DEVENV_OFFLINE: [...YES, ...NO],
  DEVENV_FOLLOW_BRANCH: [...YES, ...NO],
  DEVENV_SEEDS: ['none', ...NO, ...YES],
  DEVENV_RELOAD: RELOADS,
}
const PROXIES = ['HTTP_PROXY', 'HTTPS_PROXY', 'FTP_PROXY', 'ALL_PROXY', 'NO_PROXY']
/** Debian and Ubuntu, Fedora and RHEL, openSUSE, Alpine and macOS: as in Go's crypto/x509. */
const CA_FILES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/ssl/cert.pem',
]

/**
 * @param files what the files of the checkout set; the environment counts more
 * @throws DevenvError `registry-invalid`, `setting-unknown`, `authorities-unreadable`, all that apply
 */
export function settingsFrom(shell: NodeJS.ProcessEnv, files: Readonly<Record<string, string>> = {}): Settings {
  const env = { ...files, ...shell }
  requireForms(env)
  const both = PROXIES.flatMap((name) => [name, name.toLowerCase()])
  const bundles = [...HOST_CA_VARIABLES.map((name) => env[name]), ...CA_FILES]
  return {
    dataRoot: env.DEVENV_DIR ? resolve(env.DEVENV_DIR) : undefined,
    mirror: withoutSlash(env.DEVENV_MIRROR) || undefined,
    registry: withoutSlash(env.DEVENV_REGISTRY),
    digests: env.DEVENV_DIGESTS ? resolve(env.DEVENV_DIGESTS) : undefined,
    network: isYes(env.DEVENV_OFFLINE) ? 'offline' : 'online',
    publish: parseNames(env.DEVENV_PUBLISH ?? ''),
    programs: parseProgramChoice(env.DEVENV_PROGRAMS ?? ''),
    without: parseNames(env.DEVENV_WITHOUT ?? ''),
    with: parseBeside(env.DEVENV_WITH ?? ''),
    seeds: env.DEVENV_SEEDS && !isYes(env.DEVENV_SEEDS) ? 'none' : 'taken',
    followsBranch: isYes(env.DEVENV_FOLLOW_BRANCH),
    reload: RELOADS.find((way) => way === env.DEVENV_RELOAD?.toLowerCase()),
    caBundle: bundles.find((file) => file !== undefined && existsSync(file) && statSync(file).isFile()),
    proxies: Object.fromEntries(both.flatMap((name) => (env[name] ? [[name, env[name]]] : []))),
    variables: env,
    filed: Object.keys(files).filter((name) => shell[name] === undefined),
  }
}

const isYes = (value = ''): boolean => YES.includes(value.toLowerCase())

const withoutSlash = (registry: string | undefined): string | undefined => registry?.replace(/\/+$/, '')

/** Host and path as in the name of an image (https://pkg.go.dev/github.com/distribution/reference). */
const REGISTRY = /^(\[[0-9a-f:]+\]|[a-z0-9]+([.-]+[a-z0-9]+)*)(:\d+)?(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*$/

function requireForms(env: NodeJS.ProcessEnv): void {
  const problems: Problem[] = ['DEVENV_MIRROR', 'DEVENV_REGISTRY'].flatMap((variable) => {
    const registry = withoutSlash(env[variable]) ?? ''
    return registry === '' || REGISTRY.test(registry) ? [] : [{ code: 'registry-invalid', variable, registry }]
  })
  for (const [variable, known] of Object.entries(WORDS)) {
    const found = env[variable] ?? ''
    if (found !== '' && !known.includes(found.toLowerCase()))
      problems.push({ code: 'setting-unknown', variable, found, known })
  }
  const file = env.DEVENV_CA_BUNDLE ?? ''
  try {
    if (file !== '' && !readTextFile(file).includes('-----BEGIN ')) throw new Error('It holds no certificate (PEM).')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    problems.push({ code: 'authorities-unreadable', file, detail: code === 'ENOENT' ? 'It is not there.' : message })
  }
  if (problems.length > 0) throw new DevenvError(...problems)
}

/** A list with commas, in which `all` means every program; an empty one says nothing. Pure. */
export function parseProgramChoice(text: string): ProgramChoice | undefined {
  const names = setOf(text)
  if (names.length === 0) return undefined
  return names.includes('all') ? 'all' : names
}

/** A list with commas, in which `none` means an empty one; a text without a name says nothing. Pure. */
export function parseNames(text: string): readonly string[] | undefined {
  const names = setOf(text)
  if (names.length === 0) return undefined
  return names.includes('none') ? [] : names
}

/**
 * What WITH= names, between spaces, with quotes where it holds some: paths, and names of services, which have no `/`. `none` means an
 * empty list; a text without a word says nothing.
 * @throws DevenvError `neighbours-misquoted`
 */
export function parseBeside(text: string, from = process.cwd()): readonly string[] | undefined {
  const parts = /"([^"]*)"|'([^']*)'|[^\s"']+/g
  if (/["']/.test(text.replaceAll(parts, ''))) throw new DevenvError({ code: 'neighbours-misquoted', text })
  const words = [...text.matchAll(parts)].map(([word, double, single]) => double ?? single ?? word)
  if (words.length === 0) return undefined
  const placed = words.map((word) => (isPath(word) ? resolve(from, word) : word))
  return words.includes('none') ? [] : [...new Set(placed)].sort()
}

const isPath = (word: string): boolean => /\/|^[.~]|^$/.test(word)

const setOf = (text: string): string[] => [...new Set(text.split(/[\s,]+/).filter((name) => name !== ''))].sort()

/** The registry that is set, else the one written in core's package.json under `devenv.registry`; `undefined`: none. */
export function registryOf(set: string | undefined): string | undefined {
  if (set !== undefined) return set || undefined
  const manifest = JSON.parse(readFileSync(join(CORE_DIRECTORY, 'package.json'), 'utf8'))
  return manifest.devenv?.registry || undefined
}

/** @throws DevenvError `digests-unreadable` */
export function readDigestsFile(file: string): Record<string, string> {
  try {
    const value: unknown = JSON.parse(readTextFile(file))
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('It is not a JSON object.')
    for (const [name, digest] of Object.entries(value))
      if (!/^sha256:[0-9a-f]{64}$/.test(String(digest))) throw new Error(`${name} has no digest: ${digest}`)
    return value as Record<string, string>
  } catch (error) {
    throw new DevenvError({ code: 'digests-unreadable', file, detail: (error as Error).message })
  }
}
