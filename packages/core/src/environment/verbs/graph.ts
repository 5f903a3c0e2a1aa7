import { readProgramNames } from '../../definition/declared-programs.js'
import { type Definition, oursOf, portsOf, STORE_VERSION } from '../../definition/definition.js'
import { leaveOut } from '../../definition/leave-out.js'
import { officialName } from '../../image/official-name.js'
import type { Context } from '../context.js'
import { containersOf } from '../inside/containers-of.js'
import type { Ports } from '../project/addresses.js'
import type { Beside } from './read-beside.js'
import { readStatus, type Status } from './status.js'

/** What `devenv graph --json` prints: the services of an environment, and what is known of each that runs. */
export type EnvironmentGraph = {
  service: string
  services: readonly GraphedService[]
  /** The environments that run beside it, each with its address, and the service that was told of them. */
  beside: { of: string; environments: readonly Pick<Beside, 'service' | 'url'>[] }
}
export type GraphedService = {
  service: string
  /** `ours`: it runs an image of an environment package. */
  kind: 'ours' | 'server'
  image: string
  keepsData: boolean
  /** `memoryBytes` where it runs. */
  programs: readonly { name: string; memoryBytes?: number | undefined }[]
  memoryBytes?: number | undefined
  /** In the container; `published` where it answers on this machine. */
  ports: readonly { port: number; name?: string | undefined; published?: number | undefined }[]
  /** `required: false`: it does without. */
  needs: readonly { service: string; required: boolean }[]
}

/** Looks, and starts nothing: what does not run is drawn from its definition. */
export async function readGraph(
  context: Pick<Context, 'engine' | 'environment' | 'settings'>,
  whole: Definition,
): Promise<EnvironmentGraph> {
  const { without = [], mirror } = context.settings
  const [status, containers] = await Promise.all([readStatus(context), containersOf(context)])
  const bound = Object.fromEntries(containers.map(({ service, ports }) => [service, ports]))
  return graphOf(leaveOut(whole, without), readProgramNames(whole), status, bound, mirror)
}

/** `programs`: those that the package declares for its primary service. Pure. */
export function graphOf(
  definition: Definition,
  programs: readonly string[],
  { containers, beside }: Pick<Status, 'containers' | 'beside'>,
  bound: Ports,
  mirror: string | undefined,
): EnvironmentGraph {
  const { primary, project } = definition
  const ours = oursOf(definition)
  const services = Object.entries(project.services).map(([service, described]): GraphedService => {
    const container = containers.find((candidate) => candidate.service === service)
    const declared = service === primary ? programs.map((name) => ({ name })) : []
    return {
      service,
      kind: ours.includes(service) ? 'ours' : 'server',
      image: ours.includes(service) ? (described.image ?? '') : officialName(described.image ?? '', mirror),
      keepsData: described.labels?.[STORE_VERSION] !== undefined,
      programs: container?.programs?.map(({ name, memoryBytes }) => ({ name, memoryBytes })) ?? declared,
      memoryBytes: container?.memoryBytes,
      ports: portsOf(described).map(({ target, name }) => ({
        port: target,
        name,
        published: bound[service]?.[target],
      })),
      needs: Object.entries(described.depends_on ?? {}).map(([other, { required = true }]) => ({
        service: other,
        required,
      })),
    }
  })
  const environments = beside.map(({ service, url }) => ({ service, url }))
  return { service: definition.package.service, services, beside: { of: primary, environments } }
}
