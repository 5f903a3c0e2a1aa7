import {
  type ComposeNetwork,
  type ComposeProject,
  type ComposeService,
  type ComposeVolume,
  type Definition,
  mountOf,
  oursOf,
} from '../../definition/definition.js'
import { asksPrograms } from '../../definition/health-check.js'
import { mapStrings } from '../../definition/map-strings.js'
import { LABELS } from '../../engine/labels.js'
import { shortHashOf } from '../../hash/sha256.js'
import { CONTAINER_CA_VARIABLES } from '../../settings/ca-variables.js'
import { containerProxies } from '../../settings/container-proxies.js'
import type { Settings } from '../../settings/settings.js'
import type { Environment } from '../environment.js'
import { type Ports, urlsOf } from './addresses.js'
import { type Library, planLibraries } from './libraries.js'
import { addressesBeside, type Neighbour, sharedNetwork } from './neighbours.js'
import type { GitPlaces } from './read-git-places.js'
import { storesOf } from './stores-of.js'

/** What the project depends on beside the definition. */
export type ProjectFacts = {
  image: string
  /** The official images of third-party services, as they are taken. */
  official: Readonly<Record<string, string>>
  ports: Ports
  /** Where the file system that the checkout is on is mounted. */
  mountPoint: string
  /** `device:inode` of the folder of stores. */
  storesIdentity: string
  /** Which folders the checkout and the libraries are; `''` where none is mounted. */
  mounted: string
  /** What git needs beside the checkout, for each service of ours. */
  git: Readonly<Record<string, GitPlaces>>
  /** The hash of the host’s certificate authorities: a container sees the file that was there when it was made. */
  authorities: string | undefined
  /** Of the host's way out, when it is less than Docker's 1500. */
  mtu: number | undefined
  neighbours: readonly Neighbour[]
  /** Installed in the primary container. */
  libraries: readonly Library[]
}

/** The programs' own paths inside the container (packages/core/container). */
export const CA_BUNDLE = '/run/devenv-ca.pem'
const LOGS = '/var/log/devenv'
const HISTORY = '/var/lib/devenv/history'
const CACHE = '/var/lib/devenv/cache'
const HOST = 'host.docker.internal'
/** Longer than any provisioning. */
const HELD_AT_MOST = '24h'
/**
 * The engine's copy of what a container writes would grow for as long as the container is there. It is named whole: an
 * engine may keep none by default, or have a driver that knows no bounds or cannot be read. Rotated seldom: whoever follows
 * a log may miss lines at that moment, with either of the engine's own drivers (seen with 26.1).
 */
const LOGGING = { driver: 'json-file', options: { 'max-size': '100m', 'max-file': '2' } }

/** The Compose project that runs, complete: what `docker compose` is given, and what a person can read. Pure. */
export function planProject(
  definition: Definition,
  environment: Environment,
  settings: Settings,
  facts: ProjectFacts,
): ComposeProject {
  const labels = {
    [LABELS.service]: environment.service,
    [LABELS.checkout]: environment.checkout,
    [LABELS.mountPoint]: facts.mountPoint,
    [LABELS.data]: environment.paths.dataDirectory,
    [LABELS.stores]: facts.storesIdentity,
  }
  const ours = oursOf(definition)
  const { services: described, networks: { default: usual, ...networks } = {}, ...others } = definition.project
  const around = { networks, ...others, name: undefined }
  const services = Object.entries(described).map(([name, service]) => {
    const planned = ours.includes(name)
      ? planOurs(name, service, definition, environment, settings, facts)
      : planThirdParty(name, service, facts)
    const ports = Object.entries(facts.ports[name] ?? {}).map(([target, published]) => ({
      mode: 'host',
      host_ip: '127.0.0.1',
      target: Number(target),
      published: String(published),
      protocol: 'tcp',
    }))
    const complete: ComposeService = {
      ...planned,
      logging: LOGGING,
      volumes: planVolumes(name, planned, definition, environment),
      ports,
      labels: { ...planned.labels, ...labels, [LABELS.image]: planned.image ?? '' },
    }
    const seen = ours.includes(name) && facts.authorities !== undefined
    const hashed = seen ? { ...complete, authorities: facts.authorities } : complete
    return [
      name,
      { ...complete, labels: { ...complete.labels, [LABELS.config]: shortHashOf({ ...hashed, around }) } },
    ] as const
  })
  const planned = Object.entries({ ...networks, default: usual }).map(
    ([name, network]) =>
      [
        name,
        planNetwork({ ...network, name: network?.name ?? `${environment.project}_${name}` }, labels, facts),
      ] as const,
  )
  return {
    ...others,
    name: environment.project,
    services: Object.fromEntries(services),
    networks: Object.fromEntries([...planned, ...sharedNetworks(environment, facts)]),
  }
}

/** The networks that the primary shares with the environments beside it, by the names that they have here. */
const sharedNetworks = (
  { project }: Pick<Environment, 'project'>,
  { neighbours }: Pick<ProjectFacts, 'neighbours'>,
): [string, ComposeNetwork][] =>
  neighbours.map((each) => [
    `with-${each.service}`,
    // Neither of the two projects owns it: Compose makes none, and removes none.
    { name: sharedNetwork(project, each.project), external: true },
  ])

function planNetwork(
  network: ComposeNetwork,
  labels: Readonly<Record<string, string>>,
  { mtu }: Pick<ProjectFacts, 'mtu'>,
): ComposeNetwork {
  if (network.external) return network
  const { ipam, driver_opts, ...rest } = network
  const options = { ...(mtu !== undefined && { 'com.docker.network.driver.mtu': String(mtu) }), ...driver_opts }
  return {
    ...rest,
    // Compose resolves what nobody has written to an empty one.
    ...(ipam !== undefined && Object.keys(ipam as object).length > 0 && { ipam }),
    labels: { ...network.labels, ...labels },
    ...(Object.keys(options).length > 0 && { driver_opts: options }),
  }
}

function planOurs(
  name: string,
  service: ComposeService,
  definition: Definition,
  environment: Environment,
  { caBundle, proxies, reload }: Settings,
  facts: ProjectFacts,
): ComposeService {
  const { service: environmentName, checkout, paths, code: source } = environment
  const { image, git, ports } = facts
  const primary = name === definition.primary
  const code = mountOf(definition, name, checkout)
  const { build: _, ...rest } = service
  const libraries = planLibraries(primary ? facts.libraries : [], service)
  const authorities =
    caBundle === undefined ? {} : Object.fromEntries(CONTAINER_CA_VARIABLES.map((variable) => [variable, CA_BUNDLE]))
  return {
    ...rest,
    ...(primary && { image }),
    labels: { ...service.labels, [LABELS.mounted]: facts.mounted },
    ...(waitsWhileHeld(service) && { healthcheck: { ...service.healthcheck, timeout: HELD_AT_MOST } }),
    extra_hosts: withHost(service.extra_hosts),
    ...(primary && facts.neighbours.length > 0 && { networks: withShared(service.networks, environment, facts) }),
    environment: {
      ...authorities,
      ...containerProxies(proxies),
      ...service.environment,
      ...urlsOf(ports[name], service.ports?.[0]?.target),
      ...(primary && addressesBeside(facts.neighbours)),
      ...libraries.environment,
      // Written at once: who ends a container ends its shells with it.
      HISTFILE: `${HISTORY}/${name}`,
      PROMPT_COMMAND: 'history -a',
      DEVENV_CONTAINER: primary ? environmentName : name,
      DEVENV_HELD: '1',
      ...(reload === 'plain' && { DEVENV_RELOAD: reload }),
      ...(waitsWhileHeld(service) && {
        DEVENV_START_SECONDS: String(secondsOf(service.healthcheck?.start_period ?? '0s')),
        DEVENV_ASKED: service.healthcheck?.test?.slice(2).join(' ') ?? '',
      }),
      // The code of an image is nobody's here: programs run as who keeps their data.
      ...(source.from === 'image' ? { DEVENV_OWNER_OF: HISTORY } : code !== undefined && { DEVENV_OWNER_OF: code }),
      ...(git[name]?.alsoAt !== undefined && { DEVENV_ALSO_AT: git[name].alsoAt }),
    },
    volumes: [
      ...(service.volumes ?? []),
      ...libraries.volumes,
      bind(paths.logs, LOGS),
      bind(paths.history, HISTORY),
      bind(paths.cache, CACHE),
      ...(caBundle === undefined ? [] : [{ ...bind(caBundle, CA_BUNDLE), read_only: true }]),
      ...(git[name]?.mounts ?? []).map(({ source, target }) => bind(source, target)),
      // Databases are not source code: nothing that walks the checkout shall find them.
      ...maskOf(code, checkout, paths.stores),
      ...(facts.neighbours.some((each) => each.checkout.startsWith(`${paths.snapshots}/`))
        ? maskOf(code, checkout, paths.snapshots)
        : []),
    ],
  }
}

/** On a shared network it answers by the name of its service. */
const withShared = (networks: unknown, environment: Environment, facts: ProjectFacts): Record<string, unknown> => ({
  ...((networks as Record<string, unknown> | undefined) ?? { default: null }),
  ...Object.fromEntries(sharedNetworks(environment, facts).map(([name]) => [name, { aliases: [environment.service] }])),
})

/**
 * Whether its health check waits for the programs itself. The engine counts a probe that takes longer than `timeout` as a
 * failure, and `start_period` from the start of the container, not from the release.
 */
const waitsWhileHeld = ({ healthcheck = {} }: ComposeService): boolean => asksPrograms(healthcheck)

const SECONDS: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1, ms: 1e-3, us: 1e-6, ns: 1e-9 }

/** A duration as Compose writes it: `1m30s` is 90. Pure. */
export const secondsOf = (duration: string): number =>
  [...duration.matchAll(/([\d.]+)(h|ms|m|us|ns|s)/g)].reduce(
    (sum, [, count, unit = '']) => sum + Number(count) * (SECONDS[unit] ?? 0),
    0,
  )

/** Docker Desktop’s name for this machine, on every engine; Compose gives a list of `name=address`. */
function withHost(hosts: unknown): string[] {
  const known = Array.isArray(hosts) ? hosts.map(String) : []
  return known.some((each) => each.startsWith(HOST)) ? known : [...known, `${HOST}:host-gateway`]
}

/** A mask over the stores, where they lie inside the mounted checkout. */
function maskOf(code: string | undefined, checkout: string, stores: string): ComposeVolume[] {
  if (code === undefined || !stores.startsWith(`${checkout}/`)) return []
  // Without a mode it has that of the folder below it, which nobody but root might enter. An older runc does not heed it.
  const tmpfs = { size: '65536', mode: 0o755 }
  return [{ type: 'tmpfs', target: `${code}${stores.slice(checkout.length)}`, tmpfs }]
}

function planThirdParty(name: string, service: ComposeService, { official }: ProjectFacts): ComposeService {
  return official[name] === undefined ? service : { ...service, image: official[name] }
}

/** A service's volumes, with its store where it keeps one. */
function planVolumes(
  name: string,
  { volumes }: ComposeService,
  definition: Definition,
  { paths }: Environment,
): ComposeVolume[] {
  const stores = storesOf(definition, paths.stores).filter(({ service }) => service === name)
  return (volumes ?? []).map((volume) => {
    const store = stores.find(({ target }) => target === volume.target)
    if (store !== undefined) return bind(`${paths.stores}/${store.name}/data`, store.target)
    // The engine would make what is missing, as root: in the checkout, too.
    return volume.type === 'bind' ? { ...volume, bind: { ...volume.bind, create_host_path: false } } : volume
  })
}

/** For Compose `$` begins a variable; here everything is resolved. Pure. */
export const renderProject = (project: ComposeProject): string =>
  `${JSON.stringify(
    mapStrings(project, (text) => text.replaceAll('$', '$$$$')),
    null,
    2,
  )}\n`

const bind = (source: string, target: string): ComposeVolume => ({
  type: 'bind',
  source,
  target,
  bind: { create_host_path: false },
})
