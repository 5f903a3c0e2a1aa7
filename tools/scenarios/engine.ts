import { ask, commence, type Run, run } from './run.js'

const LABEL = 'org.openedx.devenv'

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
  labels: Readonly<Record<string, string>>
  /** Container port to where it is published. */
  ports: Readonly<Record<string, { address: string; port: number }>>
}

/** The containers that devenv made for a checkout. */
export const containersOf = (checkout: string): Promise<Container[]> => inspect(`label=${LABEL}.checkout=${checkout}`)

async function inspect(filter: string): Promise<Container[]> {
  const ids = (await ask('docker', 'ps', '--all', '--quiet', '--no-trunc', '--filter', filter))
    .split('\n')
    .filter(Boolean)
  if (ids.length === 0) return []
  const { stdout } = await run(['docker', 'inspect', '--type', 'container', ...ids])
  // One that was removed in between is left out of what docker prints.
  return (JSON.parse(stdout) as Inspected[]).map(readContainer)
}

type Inspected = {
  Id: string
  Name: string
  Image: string
  Config: { Labels: Record<string, string> }
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
    service: Config.Labels['com.docker.compose.service'] ?? '',
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

/** Runs something in a container past devenv. */
export const inside = ({ id }: Container, ...argv: readonly string[]): Promise<string> =>
  ask('docker', 'exec', id, ...argv)

/** Ours, for what only root may do in a folder. */
export async function anyImage(): Promise<string> {
  const images = await ask('docker', 'images', '--quiet', '--filter', `label=${LABEL}.digest`)
  return images.split('\n')[0] ?? ''
}

/** The containers that devenv made for checkouts below a folder. */
export const containersBelow = async (folder: string): Promise<Container[]> =>
  (await inspect(`label=${LABEL}.service`)).filter(({ checkout }) => `${checkout}/`.startsWith(`${folder}/`))

/** Removes whatever devenv made for checkouts below a folder. */
export async function removeBelow(folder: string): Promise<void> {
  const mine = await containersBelow(folder)
  if (mine.length > 0) await ask('docker', 'rm', '--force', '--volumes', ...mine.map(({ id }) => id))
  const format = `{{.ID}} {{.Label "${LABEL}.checkout"}}`
  const networks = await ask('docker', 'network', 'ls', '--filter', `label=${LABEL}.service`, '--format', format)
  const ours = networks.split('\n').flatMap((line) => {
    const [id = '', checkout = ''] = line.split(/ (.*)/)
    return `${checkout}/`.startsWith(`${folder}/`) ? [id] : []
  })
  if (ours.length > 0) await run(['docker', 'network', 'rm', ...ours])
}
