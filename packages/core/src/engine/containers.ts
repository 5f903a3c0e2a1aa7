import { parseReference } from '../registry/repository.js'
import { ask, type Engine } from './engine.js'
import { COMPOSE_LABELS, LABELS } from './labels.js'

export type Health = 'healthy' | 'unhealthy' | 'starting' | 'none'

/** One container of an environment, as the engine lists it. `ports`: container port to host port. */
export type Container = {
  id: string
  name: string
  service: string
  state: 'created' | 'running' | 'paused' | 'restarting' | 'removing' | 'exited' | 'dead'
  health: Health
  image: string
  imageId: string
  labels: Readonly<Record<string, string>>
  ports: Readonly<Record<number, number>>
  /** `disconnected` from the network that it was created for, as `docker network disconnect` does. */
  network: 'connected' | 'disconnected'
  /** The names of all that it is on. */
  networks: readonly string[]
}

/** Whether its processes are there and may write: a paused one goes on where it was. */
export const hasProcesses = ({ state }: Pick<Container, 'state'>): boolean =>
  state === 'running' || state === 'restarting' || state === 'paused'

type Listed = {
  Id: string
  Names: string[]
  Image: string
  ImageID: string
  State: Container['state']
  Status: string
  Labels: Record<string, string>
  Ports?: { PrivatePort: number; PublicPort?: number }[]
  HostConfig?: { NetworkMode?: string }
  NetworkSettings?: { Networks?: Readonly<Record<string, unknown>> | null }
}

/** The containers that carry all of `labels` (`key=value`, or `key` alone; none: every container), stopped ones included. */
export async function listContainers(engine: Engine, labels: readonly string[]): Promise<Container[]> {
  const filters = JSON.stringify({ label: labels })
  const listed = await ask<Listed[]>(engine, { path: '/containers/json', query: { all: '1', filters } })
  return listed.map(parseListed).sort((a, b) => (a.service < b.service ? -1 : 1))
}

/** Pure. Health stands in the status: `Up 5 seconds (healthy)`, `(health: starting)`. */
export function parseListed(listed: Listed): Container {
  const ports = (listed.Ports ?? []).flatMap(({ PrivatePort, PublicPort }) =>
    PublicPort === undefined ? [] : [[PrivatePort, PublicPort] as const],
  )
  const health = /\((healthy|unhealthy|health: starting)\)/.exec(listed.Status)?.[1]
  return {
    id: listed.Id,
    name: listed.Names[0]?.replace(/^\//, '') ?? listed.Id,
    service: listed.Labels[COMPOSE_LABELS.service] ?? '',
    state: listed.State,
    health: health === undefined ? 'none' : health === 'health: starting' ? 'starting' : (health as Health),
    image: listed.Labels[LABELS.image] ?? listed.Image,
    imageId: listed.ImageID,
    labels: listed.Labels,
    ports: Object.fromEntries(ports),
    network: networkOf(listed),
    networks: Object.keys(listed.NetworkSettings?.Networks ?? {}),
  }
}

/** It keeps the name of its first network, and lists those that it is on; one that shares the network of another lists none. */
function networkOf({ HostConfig, NetworkSettings }: Listed): Container['network'] {
  const { NetworkMode: first = 'default' } = HostConfig ?? {}
  if (first === 'default' || first.startsWith('container:')) return 'connected'
  return NetworkSettings?.Networks?.[first] === undefined ? 'disconnected' : 'connected'
}

/** As the engine keeps it, in nanoseconds; what is 0 or absent has the engine's default. */
export type EngineHealthCheck = { Test?: string[]; Interval?: number; Retries?: number; StartPeriod?: number }
export type Probe = { Start: string; ExitCode: number; Output: string }

export type Inspection = {
  Config: { Healthcheck?: EngineHealthCheck }
  State: {
    Running: boolean
    ExitCode: number
    StartedAt: string
    Health?: { Status: string; Log: Probe[] | null }
  }
}

export const inspectContainer = (engine: Engine, id: string): Promise<Inspection> =>
  ask(engine, { path: `/containers/${id}/json` })

type Stats = { memory_stats?: { usage?: number; stats?: { inactive_file?: number; total_inactive_file?: number } } }

/** Bytes that a container holds in memory, counted as `docker stats` does; `undefined` where the engine cannot tell. */
export async function readMemory(engine: Engine, id: string): Promise<number | undefined> {
  const query = { stream: 'false', 'one-shot': 'true' }
  return await ask<Stats>(engine, { path: `/containers/${id}/stats`, query }).then(memoryOf, () => undefined)
}

/** Pure. Files that were read once and could go at any moment are not counted (cgroup v1 has another name for them). */
export function memoryOf({ memory_stats: memory }: Stats): number | undefined {
  if (memory?.usage === undefined) return undefined
  const cached = memory.stats?.total_inactive_file ?? memory.stats?.inactive_file ?? 0
  return cached < memory.usage ? memory.usage - cached : memory.usage
}

/** Seconds for what the engine does on a busy disk: it mounts, copies and deletes whole file systems. */
const DEED_SECONDS = 240

/** Has it run, also where somebody has paused it. */
export const startContainer = (engine: Engine, { id, name, state }: Container): Promise<void> =>
  ask(engine, {
    method: 'POST',
    path: `/containers/${id}/${state === 'paused' ? 'unpause' : 'start'}`,
    takes: { of: `the engine has not started ${name}`, seconds: DEED_SECONDS },
  })

/** Seconds that a server has to write what it has to. */
export const STOP_SECONDS = 30

/** Asks PID 1 to end, kills it after `seconds`. */
export const stopContainer = (engine: Engine, id: string, seconds = STOP_SECONDS): Promise<void> =>
  ask(engine, {
    method: 'POST',
    path: `/containers/${id}/stop`,
    query: { t: String(seconds) },
    takes: { of: 'a container has not stopped', seconds },
  })

/** Removes a container with its anonymous volumes, also a running one. */
export const removeContainer = (engine: Engine, id: string): Promise<void> =>
  ask(engine, {
    method: 'DELETE',
    path: `/containers/${id}`,
    query: { v: '1', force: '1' },
    takes: { of: 'the engine has not removed a container', seconds: DEED_SECONDS },
  })

type ImageInspection = {
  Id: string
  Size: number
  Os: string
  Architecture: string
  Config: { Labels: Record<string, string> | null }
}

/** The image by that name in the engine's store, or `undefined`. */
export async function findImage(engine: Engine, reference: string): Promise<ImageInspection | undefined> {
  const name = encodeURIComponent(reference)
  return await ask<ImageInspection>(engine, { path: `/images/${name}/json` }).catch((error) => {
    if (error.status === 404) return undefined
    throw error
  })
}

/** As the engine calls what its containers are, and what an image is for: `linux/amd64`. */
export const enginePlatform = async (engine: Engine): Promise<string> => {
  const { Os, Arch } = await engineVersion(engine)
  return `${Os}/${Arch}`
}
export const platformOf = ({ Os, Architecture }: Pick<ImageInspection, 'Os' | 'Architecture'>): string =>
  `${Os}/${Architecture}`

/** Variants aside: those of one machine run on one another, or the engine says that they do not. Pure. */
export const sameMachine = (one: string, other: string): boolean => machineOf(one) === machineOf(other)
const machineOf = (platform: string): string => platform.split('/').slice(0, 2).join('/')

/** Gives an image of the engine's store one more name. */
export async function tagImage(engine: Engine, from: string, as: string): Promise<void> {
  const { name: repo, tag = 'latest' } = parseReference(as)
  await ask(engine, { method: 'POST', path: `/images/${encodeURIComponent(from)}/tag`, query: { repo, tag } })
}

export type ListedImage = {
  Id: string
  RepoTags: string[] | null
  Created: number
  Size: number
  Labels: Record<string, string> | null
}

/** The images that carry a label, newest first. An image whose tag was taken away has no `RepoTags`. */
export async function listImages(engine: Engine, label: string): Promise<ListedImage[]> {
  const filters = JSON.stringify({ label: [label] })
  const listed = await ask<ListedImage[]>(engine, { path: '/images/json', query: { filters } })
  return listed.sort((a, b) => b.Created - a.Created)
}

/** Takes away one name of an image, and the image with its last one. One that is gone is what was wanted. */
export async function removeImage(engine: Engine, reference: string): Promise<void> {
  const takes = { of: `the engine has not removed ${reference}`, seconds: DEED_SECONDS }
  await ask(engine, { method: 'DELETE', path: `/images/${encodeURIComponent(reference)}`, takes }).catch((error) => {
    if (error.status !== 404) throw error
  })
}

export type EngineVersion = { Version: string; ApiVersion: string; Os: string; Arch: string }

export const engineVersion = (engine: Engine): Promise<EngineVersion> => ask(engine, { path: '/version' })
