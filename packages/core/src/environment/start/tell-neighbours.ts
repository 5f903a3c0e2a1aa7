import { randomBytes } from 'node:crypto'
import type { Definition, LibraryKind } from '../../definition/definition.js'
import type { Context } from '../context.js'
import { readRecord } from '../data/record.js'
import type { Ports } from '../project/addresses.js'
import type { Library } from '../project/libraries.js'
import { type AskedTarget, type Neighbour, sharedNetwork, tell } from '../project/neighbours.js'

/**
 * One of the environments that run beside each other. `with`: the checkouts that were named for it; `libraries`: those of them that its
 * container installs, `accepts`: of which kind they may be; `library`: what it is itself, for others.
 */
export type Member = {
  context: Context
  variant: string | undefined
  with: readonly string[]
  libraries: readonly Library[]
  accepts: LibraryKind | undefined
  library: LibraryKind | undefined
}

/** Whether one is told of the other: a library runs in the other's container, and not beside it. Pure. */
export const isToldOf = (member: Member, other: Member): boolean =>
  [member, other].every(({ library }) => library === undefined) &&
  member.with.includes(other.context.environment.checkout)

/** What is known of a member once its ports are assigned. */
export type Placed = Member & { definition: Definition; ports: Ports }

/** What a member is told of those beside it; of one that could not be placed, what it was told before. */
export function neighboursOf(member: Member, placed: readonly Placed[], secrets: Map<string, string>): Neighbour[] {
  const { environment } = member.context
  const before = readRecord(environment)?.neighbours ?? []
  const neighbours = member.with.flatMap((checkout): Neighbour[] => {
    const known = before.find((each) => each.checkout === checkout)
    const other = placed.find(({ context }) => context.environment.checkout === checkout)
    if (other === undefined) return known === undefined ? [] : [known]
    if (!isToldOf(member, other)) return []
    const { service, project } = other.context.environment
    const theirs = readRecord(other.context.environment)?.neighbours.find(
      (each) => each.checkout === environment.checkout,
    )
    const network = sharedNetwork(environment.project, project)
    const secret = secrets.get(network) ?? known?.secret ?? theirs?.secret ?? randomBytes(16).toString('hex')
    secrets.set(network, secret)
    return [{ service, checkout, project, ...primaryOf(other), secret, asks: [] }]
  })
  return neighbours.sort((a, b) => (a.service < b.service ? -1 : 1))
}

const primaryOf = ({ definition, ports }: Placed): Pick<Neighbour, 'ports' | 'address' | 'parts'> => ({
  ports: ports[definition.primary] ?? {},
  address: definition.project.services[definition.primary]?.ports?.[0]?.target,
  ...(definition.parts && { parts: Object.keys(definition.parts).sort() }),
})

/** What `by` asks of a service, with the addresses as `by` is told them. Pure. */
export const asksOf = (by: Placed, of: string, told: readonly Neighbour[]): AskedTarget[] =>
  tell(by.definition, by.ports, told)
    .asks.filter((ask) => ask.of === of)
    .map(({ name, target, variables, place }) => ({ name, target, variables, place }))

/** Those that others ask come first; between equals, this environment last. Pure. */
export function startOrder(placed: readonly Placed[], own: string): Placed[] {
  const left = [...placed].sort((a, b) => Number(isOwn(a, own)) - Number(isOwn(b, own)))
  const ordered: Placed[] = []
  while (left.length > 0) {
    const services = new Set(left.map(({ context }) => context.environment.service))
    const free = left.findIndex(
      ({ context, definition }) =>
        !definition.asks.some(({ of }) => of !== context.environment.service && services.has(of)),
    )
    ordered.push(...left.splice(Math.max(free, 0), 1))
  }
  return ordered
}

const isOwn = ({ context }: Placed, own: string): boolean => context.environment.checkout === own
