import { join } from 'node:path'
import type { Parts } from '../git/upstream.js'
import type { Place } from '../problem/problem.js'
import { isSelf, parseHealthCheck } from './health-check.js'

/** Something that a checkout holds: a file or folder, or a file with a line that matches. */
export type Mark = string | { file: string; matches: string }

/**
 * The kinds of libraries, each with the files of which a checkout has one. How they are installed in a container is the affair of
 * packages/core/container/bin/libraries.
 */
export const LIBRARY_MARKS = {
  python: ['pyproject.toml', 'setup.py'],
  node: [{ file: 'package.json', matches: '"(main|module|exports)" *:' }],
} as const satisfies Record<string, readonly Mark[]>
export type LibraryKind = keyof typeof LIBRARY_MARKS

/** One service of a Compose project as `docker compose config` gives it: only what we read or change. */
export type ComposeService = {
  image?: string
  build?: {
    context: string
    dockerfile?: string
    args?: Record<string, string | null>
    target?: string
    additional_contexts?: Record<string, string>
    /** `default`, or `ID=PATH`. */
    ssh?: string[]
    secrets?: { source: string; target?: string }[]
  }
  platform?: string
  working_dir?: string
  user?: string
  entrypoint?: string[] | null
  command?: string[] | null
  environment?: Record<string, string | null>
  volumes?: ComposeVolume[]
  ports?: ComposePort[]
  expose?: string[]
  labels?: Record<string, string>
  healthcheck?: HealthCheck
  depends_on?: Record<string, { condition: string; required?: boolean }>
  [other: string]: unknown
}
/** Durations as `docker compose config` writes them: `1m30s`. */
export type HealthCheck = {
  test?: string[]
  timeout?: string
  start_period?: string
  start_interval?: string
  disable?: boolean
  [other: string]: unknown
}
export type ComposeVolume = {
  type: string
  source?: string
  target: string
  read_only?: boolean
  bind?: Record<string, unknown>
  [other: string]: unknown
}
export type ComposePort = {
  name?: string
  target: number
  published?: string
  host_ip?: string
  protocol?: string
  mode?: string
}
export type ComposeNetwork = {
  name?: string
  external?: boolean
  labels?: Record<string, string>
  driver_opts?: Record<string, string>
  [other: string]: unknown
}
/** A secret or a config: what a file holds, or a variable, or what is written here. */
export type ComposeFile = { name?: string; file?: string; environment?: string; [other: string]: unknown }
export type ComposeProject = {
  name: string
  services: Record<string, ComposeService>
  networks?: Record<string, ComposeNetwork | null>
  volumes?: Record<string, Record<string, unknown> | null>
  secrets?: Record<string, ComposeFile>
  configs?: Record<string, ComposeFile>
  [other: string]: unknown
}

/**
 * A make target of which the package says something: `because`: why its own takes the place of the checkout's; without it, the target is
 * the checkout's. `about`: what its own does. `environment`: what is set for it.
 */
export type DeclaredTarget = {
  needs: readonly string[] | undefined
  environment: Readonly<Record<string, string>>
  about?: string | undefined
  because?: string | undefined
}
/** One that the package supplies. */
export type SuppliedTarget = DeclaredTarget & { because: string }

export const isSupplied = (target: DeclaredTarget | undefined): target is SuppliedTarget =>
  target?.because !== undefined
export type ProvisionStep = {
  name: string
  /** The Compose service in whose container it runs. */
  service: string
  run: readonly [string, ...string[]]
  /** The third-party services that must answer before it begins; `undefined`: all. */
  needs?: readonly string[] | undefined
  when: {
    files: readonly string[]
    /** Globs in the image that it runs in. */
    installed: readonly string[]
    stores: readonly string[]
    /** Globs in each library that is attached. */
    libraries: readonly string[]
    image: boolean
    address: boolean
  }
  /** For a service that runs beside this one: what it makes is of no use to an environment that is alone. */
  beside?: true
}
/** A step that another service carries out for this one: a make target that the other’s package supplies, with variables. */
export type Ask = {
  of: string
  name: string
  target: string
  variables: Readonly<Record<string, string>>
  place: Place
}
/** Somebody who can sign in. `port`: the container port whose address `path` belongs to; without it, that of the environment. */
export type Account = { what: string; user: string; password: string; path?: string; port?: number }

/**
 * A host that the build of the image fetches from, `github.com`. `where`: it does so where the checkout holds one of these;
 * none: always. `unless`: not with one of these build arguments; `instead`: the setting that a person makes for that.
 */
export type BuildHost = {
  host: string
  because: string
  where: readonly Mark[]
  unless: Readonly<Record<string, string>>
  instead: string | undefined
}

/**
 * The label of a third-party service that keeps data: how many parts of its image's version a store belongs to. Data of MySQL
 * 8.4 is not data of 8.0.
 */
export const STORE_VERSION = 'org.openedx.devenv.store-version'

/**
 * Labels of a third-party service that keeps data: shell lines that its container runs to write all of its data to stdout, and to
 * read them from stdin into an empty server. One without them is filled again by the steps that depend on it.
 */
export const STORE_DUMP = 'org.openedx.devenv.store-dump'
export const STORE_LOAD = 'org.openedx.devenv.store-load'

/** A port under which an environment answers, with the name that Compose has for it. `program`: who answers there, where the health check says it. */
export type Address = { service: string; port: number; name: string | undefined; program?: string | undefined }

/** What one environment package says, resolved for one checkout. */
export type Definition = {
  package: EnvironmentPackage
  primary: string
  repository: string | undefined
  /** Of a service of several parts, instead: a repository for each folder of its code. */
  parts: Parts | undefined
  recognisedBy: readonly Mark[]
  /** Which of the package's shapes this checkout has, where the package knows several. */
  variant: string | undefined
  /** Releases that images are published for, each with its ref. */
  releases: Readonly<Record<string, string>>
  /** The services that a shell and the checkout's own targets need; `undefined`: all, provisioned. */
  needs: readonly string[] | undefined
  targets: Readonly<Record<string, DeclaredTarget>>
  provision: readonly ProvisionStep[]
  accounts: readonly Account[]
  /** What it asks of the services that run beside it. */
  asks: readonly Ask[]
  hosts: readonly BuildHost[]
  /** What kind of libraries its primary container can install; `undefined`: none. */
  libraries: LibraryKind | undefined
  /** What kind of library its checkouts are themselves; `undefined`: services. */
  library: LibraryKind | undefined
  /** Variables whose values are known once all ports are, each with where it is named first. */
  toldLater: Readonly<Record<string, Place>>
  /** The Compose model without `x-devenv`, `$` as itself. */
  project: ComposeProject
}

/**
 * `service` is the package's name without its scope: `@devenv/discovery` is `discovery`. `checkoutSays`: of a package for many services,
 * the lines of a checkout that tell which it is, by their first group.
 */
export type EnvironmentPackage = {
  name: string
  version: string
  service: string
  directory: string
  checkoutSays?: readonly { file: string; matches: string }[]
}

export const primaryOf = (definition: Definition): ComposeService => {
  const service = definition.project.services[definition.primary]
  if (service === undefined) throw new Error(`the definition of ${definition.package.name} was not checked`)
  return service
}

/** The Dockerfile that the primary service is built by. */
export const dockerfileOf = (definition: Definition): string =>
  primaryOf(definition).build?.dockerfile ?? join(definition.package.directory, 'Dockerfile')

/** The ports of a service, each once: a checkout that fixes one (`8000:8000`) adds it to the list of its package. Pure. */
export function portsOf(service: ComposeService | undefined): ComposePort[] {
  const ports = new Map<number, ComposePort>()
  for (const port of service?.ports ?? []) ports.set(port.target, { ...ports.get(port.target), ...port })
  return [...ports.values()]
}

/** Where the environment answers, in the order in which the definition names it; the first is its address. */
export const addressesOf = (definition: Definition): Address[] =>
  oursOf(definition).flatMap((service) => {
    const described = definition.project.services[service]
    const asked = parseHealthCheck(described?.healthcheck ?? {}).questions.filter(({ url }) => isSelf(url))
    return portsOf(described).map(({ target, name }) => {
      const program = asked.find(({ port }) => port === target)?.program
      return { service, port: target, name, ...(program !== undefined && { program }) }
    })
  })

/** The folder with programs and targets: the build context `package` of the primary service. */
export const imageFolderOf = (definition: Definition): string =>
  primaryOf(definition).build?.additional_contexts?.package ?? join(definition.package.directory, 'image')

/** The services that run an image of ours, the primary first: besides it, those that a provisioning step names. */
export const oursOf = ({ primary, provision, project }: Definition): string[] =>
  [...new Set([primary, ...provision.map(({ service }) => service)])].filter(
    (name) => name === primary || project.services[name] !== undefined,
  )

export const thirdPartyOf = (definition: Definition): string[] => {
  const ours = oursOf(definition)
  return Object.keys(definition.project.services).filter((name) => !ours.includes(name))
}

/** Where a service mounts the checkout. */
export const mountOf = (definition: Definition, service: string, checkout: string): string | undefined =>
  definition.project.services[service]?.volumes?.find(({ source }) => source === checkout)?.target

/** The definition of a service whose code lies in its image: nothing mounts the checkout. Pure. */
export const withoutMounts = (definition: Definition, checkout: string): Definition => ({
  ...definition,
  project: {
    ...definition.project,
    services: Object.fromEntries(
      Object.entries(definition.project.services).map(([name, { volumes = [], ...service }]) => [
        name,
        { ...service, volumes: volumes.filter(({ source }) => source !== checkout) },
      ]),
    ),
  },
})
