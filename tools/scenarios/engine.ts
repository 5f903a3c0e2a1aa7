import { ask as askOf, EngineRefusal, engineFrom } from '../../packages/core/src/engine/engine.js'
import { ask, commence, type Run, run } from './run.js'

const LABEL = 'org.openedx.devenv'
const SERVICE = 'com.docker.compose.service'

type Labels = Readonly<Record<string, string>>

/** What the engine itself knows of a container. */
export type Container = {
  id: string
  name: string
  service: string
  project: string
  checkout: string
  running: boolean
  health: string | undefined
  startedAt: string
  image: string
  labels: Labels
  /** Container port to where it is published. */
  ports: Readonly<Record<string, { address: string; port: number }>>
}

/** The containers that devenv made for a checkout: all, or those of one service. */
export const containersOf = (checkout: string, service?: string): Promise<Container[]> =>
  inspect([`${LABEL}.checkout=${checkout}`, ...(service === undefined ? [] : [`${SERVICE}=${service}`])])

/** Asked of the engine itself: tests ask often, and the start of its client costs more than the answer. */
async function inspect(label: readonly string[], among = (_: Labels) => true): Promise<Container[]> {
  const engine = engineFrom(process.env)
  const query = { all: 'true', filters: JSON.stringify({ label }) }
  const all = await askOf<{ Id: string; Labels: Labels }[]>(engine, { path: '/containers/json', query })
  const listed = all.filter(({ Labels }) => among(Labels))
  const found = listed.map(({ Id }) =>
    askOf<Inspected>(engine, { path: `/containers/${Id}/json` }).catch((error) => {
      // Removed in between.
      if (error instanceof EngineRefusal && error.status === 404) return undefined
      throw error
    }),
  )
  return (await Promise.all(found)).filter((inspected) => inspected !== undefined).map(readContainer)
}

type Inspected = {
  Id: string
  Name: string
  Image: string
  Config: { Labels: Labels }
  State: { Running: boolean; StartedAt: string; Health?: { Status: string } }
  NetworkSettings: { Ports: Record<string, { HostIp: string; HostPort: string }[] | null> }
}

function readContainer({ Id, Name, Image, Config, State, NetworkSettings }: Inspected): Container {
  const ports = Object.entries(NetworkSettings.Ports).flatMap(([target, published]) =>
    (published ?? []).map(
      ({ HostIp, HostPort }) => [target.split('/')[0], { address: HostIp, port: Number(HostPort) }] as const,
    ),
  )
  return {
    id: Id,
    name: Name.replace(/^\//, ''),
    service: Config.Labels[SERVICE] ?? '',
    project: Config.Labels['com.docker.compose.project'] ?? '',
    checkout: Config.Labels[`${LABEL}.checkout`] ?? '',
    running: State.Running,
    health: State.Health?.Status,
    startedAt: State.StartedAt,
    image: Image,
    labels: Config.Labels,
    ports: Object.fromEntries(ports),
  }
}

/** The networks of a Compose project. */
export const networksOf = async (project: string): Promise<string[]> =>
  (await ask('docker', 'network', 'ls', '--quiet', '--filter', `label=com.docker.compose.project=${project}`))
    .split('\n')
    .filter(Boolean)

const EVENTS = ['create', 'start', 'restart', 'rename', 'health_status', 'oom', 'kill', 'stop', 'die', 'destroy']

/** What the engine does from now on with containers that devenv made: of what was, it remembers little. */
export const followEvents = (): Run =>
  commence([
    ...['docker', 'events', '--filter', `label=${LABEL}.service`],
    ...EVENTS.flatMap((event) => ['--filter', `event=${event}`]),
  ])

/** Every process of a container, its command line each. */
export const processesOf = async ({ id }: Container): Promise<string[]> =>
  (await ask('docker', 'top', id, '-eo', 'pid,args')).split('\n').slice(1)

/** Makes the network of an environment that has nothing else. @returns what the engine says against it */
export async function createNetwork(project: string, labels: Readonly<Record<string, string>>): Promise<string> {
  const own = Object.entries(labels).map(([name, value]) => `${LABEL}.${name}=${value}`)
  const all = [`com.docker.compose.project=${project}`, ...own].flatMap((label) => ['--label', label])
  return (await run(['docker', 'network', 'create', ...all, project])).stderr
}

/** Runs something in a container past devenv. */
export const inside = ({ id }: Container, ...argv: readonly string[]): Promise<string> =>
  ask('docker', 'exec', id, ...argv)

/** Ours, for what only root may do in a folder. */
export async function anyImage(): Promise<string> {
  const images = await ask('docker', 'images', '--quiet', '--filter', `label=${LABEL}.digest`)
  return images.split('\n')[0] ?? ''
}

/** The containers that devenv made for checkouts below a folder. */
export const containersBelow = (folder: string): Promise<Container[]> =>
  inspect([`${LABEL}.service`], (labels) => `${labels[`${LABEL}.checkout`]}/`.startsWith(`${folder}/`))

/** Removes whatever devenv made for checkouts below a folder. */
export async function removeBelow(folder: string): Promise<void> {
  // One may go by itself meanwhile, or still be made.
  for (let mine = await containersBelow(folder); mine.length > 0; mine = await containersBelow(folder))
    await run(['docker', 'rm', '--force', '--volumes', ...mine.map(({ id }) => id)])
  const format = `{{.ID}} {{.Label "${LABEL}.checkout"}}`
  const networks = await ask('docker', 'network', 'ls', '--filter', `label=${LABEL}.service`, '--format', format)
  const ours = networks.split('\n').flatMap((line) => {
    const [id = '', checkout = ''] = line.split(/ (.*)/)
    return `${checkout}/`.startsWith(`${folder}/`) ? [id] : []
  })
  if (ours.length > 0) await run(['docker', 'network', 'rm', ...ours])
}
