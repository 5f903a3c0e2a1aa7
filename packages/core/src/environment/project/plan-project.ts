import {
  type ComposeProject,
  type ComposeService,
  type ComposeVolume,
  type Definition,
  mountOf,
  oursOf,
} from '../../definition/definition.js'
import { asksPrograms } from '../../definition/health-check.js'
import { mapStrings } from '../../definition/read-definition.js'
import { LABELS } from '../../engine/labels.js'
import { shortHashOf } from '../../hash/sha256.js'
import { CONTAINER_CA_VARIABLES } from '../../settings/ca-variables.js'
import { containerProxies } from '../../settings/container-proxies.js'
import type { Settings } from '../../settings/settings.js'
import type { Environment } from '../environment.js'
import { type Ports, urlsOf } from './addresses.js'
import type { GitMount } from './read-git-mounts.js'
import { storesOf } from './stores-of.js'

/** What the project depends on beside the definition. */
export type ProjectFacts = {
  image: string
  /** The official images of third-party services, as they are taken. */
  official: Readonly<Record<string, string>>
  ports: Ports
  /** `device:inode` of the folder of stores. */
  storesIdentity: string
  /** What git needs beside the checkout, for each service of ours. */
  gitMounts: Readonly<Record<string, readonly GitMount[]>>
  /** The hash of the host’s certificate authorities: a container sees the file that was there when it was made. */
  authorities: string | undefined
  /** Of the host's way out, when it is less than Docker's 1500. */
  mtu: number | undefined
}

/** The programs' own paths inside the container (packages/core/container). */
export const CA_BUNDLE = '/run/devenv-ca.pem'
const LOGS = '/var/log/devenv'
const HISTORY = '/var/lib/devenv/history'
const HOST = 'host.docker.internal'
/** Longer than any provisioning. */
const HELD_AT_MOST = '24h'
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
    [LABELS.data]: environment.paths.dataDirectory,
    [LABELS.stores]: facts.storesIdentity,
  }
  const ours = oursOf(definition)
  const services = Object.entries(definition.project.services).map(([name, service]) => {
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
      volumes: planVolumes(name, planned, definition, environment),
      ports,
      labels: { ...planned.labels, ...labels, [LABELS.image]: planned.image ?? '' },
    }
    const seen = ours.includes(name) && facts.authorities !== undefined
    const hashed = seen ? { ...complete, authorities: facts.authorities } : complete
    return [name, { ...complete, labels: { ...complete.labels, [LABELS.config]: shortHashOf(hashed) } }] as const
  })
  const mtu = facts.mtu === undefined ? {} : { driver_opts: { 'com.docker.network.driver.mtu': String(facts.mtu) } }
  return {
    name: environment.project,
    services: Object.fromEntries(services),
    networks: { default: { name: `${environment.project}_default`, labels, ...mtu } },
  }
}

function planOurs(
  name: string,
  service: ComposeService,
  definition: Definition,
  { service: environmentName, checkout, paths }: Environment,
  { caBundle, proxies }: Settings,
  { image, gitMounts, ports }: ProjectFacts,
): ComposeService {
  const primary = name === definition.primary
  const code = mountOf(definition, name, checkout)
  const { build: _, ...rest } = service
  const authorities =
    caBundle === undefined ? {} : Object.fromEntries(CONTAINER_CA_VARIABLES.map((variable) => [variable, CA_BUNDLE]))
  return {
    ...rest,
    ...(primary && { image }),
    ...(waitsWhileHeld(service) && { healthcheck: { ...service.healthcheck, timeout: HELD_AT_MOST } }),
    extra_hosts: withHost(service.extra_hosts),
    environment: {
      ...authorities,
      ...containerProxies(proxies),
      ...service.environment,
      ...urlsOf(ports[name], service.ports?.[0]?.target),
      // Written at once: who ends a container ends its shells with it.
      HISTFILE: `${HISTORY}/${name}`,
      PROMPT_COMMAND: 'history -a',
      DEVENV_CONTAINER: primary ? environmentName : name,
      DEVENV_HELD: '1',
      ...(waitsWhileHeld(service) && {
        DEVENV_START_SECONDS: String(secondsOf(service.healthcheck?.start_period ?? '0s')),
      }),
      ...(code !== undefined && { DEVENV_OWNER_OF: code }),
    },
    volumes: [
      ...(service.volumes ?? []),
      bind(paths.logs, LOGS),
      bind(paths.history, HISTORY),
      ...(caBundle === undefined ? [] : [{ ...bind(caBundle, CA_BUNDLE), read_only: true }]),
      ...(gitMounts[name] ?? []).map(({ source, target }) => bind(source, target)),
      // Databases are not source code: nothing that walks the checkout shall find them.
      ...maskOf(code, checkout, paths.stores),
    ],
  }
}

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
  return [{ type: 'tmpfs', target: `${code}${stores.slice(checkout.length)}`, tmpfs: { size: '65536' } }]
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
    return store === undefined ? volume : bind(`${paths.stores}/${store.name}/data`, store.target)
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
