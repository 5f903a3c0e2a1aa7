import type { Definition, ProvisionStep } from '../../definition/definition.js'
import { isSupplied } from '../../definition/definition.js'
import { mapStrings } from '../../definition/map-strings.js'
import { variableOf } from '../../definition/variable-of.js'
import { shortHashOf } from '../../hash/sha256.js'
import { DevenvError, type Place, type Problem } from '../../problem/problem.js'
import { namePorts, type Ports, urlsOf } from './addresses.js'

/** A make target that another environment asks this one for, with make's variables. `place`: where it does so, as far as that is known. */
export type AskedTarget = {
  name: string
  target: string
  variables: Readonly<Record<string, string>>
  place?: Place | undefined
}

/**
 * Another environment that runs beside this one, as this one is told of it. `ports`: of its primary service, container port to host
 * port; `address`: the first of them; `secret`: a text that only the two know; `asks`: what it asks of this one.
 */
export type Neighbour = {
  service: string
  checkout: string
  project: string
  ports: Readonly<Record<number, number>>
  address: number | undefined
  /** Of what parts it is made, where it is made of several. */
  parts?: readonly string[] | undefined
  secret: string
  asks: readonly AskedTarget[]
}

/** The network that two environments share: the same from both sides. Pure. */
export const sharedNetwork = (project: string, other: string): string =>
  `devenv-with-${shortHashOf([project, other].sort())}`

/** The supplied targets, in every image of ours. */
export const TARGETS_FILE = '/etc/devenv/targets.mk'

/**
 * The definition with every address and secret in it, now that all ports are known, and with what the others ask for as its last
 * provisioning steps. Pure.
 * @throws DevenvError `neighbour-variable-unknown`, `ask-unknown`
 */
export function withNeighbours(definition: Definition, own: Ports, neighbours: readonly Neighbour[]): Definition {
  const told = tell(definition, own, neighbours)
  const problems = neighbours.flatMap(({ service, asks }) =>
    asks
      .filter(({ target }) => !isSupplied(definition.targets[target]))
      .map(
        ({ target, place }): Problem => ({
          code: 'ask-unknown',
          place,
          service: definition.package.service,
          by: service,
          target,
          known: Object.keys(definition.targets).filter((name) => isSupplied(definition.targets[name])),
        }),
      ),
  )
  if (problems.length > 0) throw new DevenvError(...problems)
  return { ...told, provision: [...told.provision, ...neighbours.flatMap((each) => askedSteps(definition, each))] }
}

/**
 * Where the others answer, as the primary container is told: `DEVENV_DISCOVERY_URL` a browser, `DEVENV_DISCOVERY_SERVER` another
 * server; each also for every container port, `DEVENV_DISCOVERY_URL_18381`; and of what parts one is made, `DEVENV_FRONTENDS_PARTS`. Pure.
 */
export const addressesBeside = (neighbours: readonly Neighbour[]): Record<string, string> =>
  Object.fromEntries(
    neighbours.flatMap(({ service, ports, address, parts }) => {
      const prefix = variableOf(service)
      const addresses = namePorts(ports, address).flatMap(({ ending, target, published }) => [
        [`${prefix}_URL${ending}`, `http://localhost:${published}`],
        [`${prefix}_SERVER${ending}`, `http://${service}:${target}`],
      ])
      return parts === undefined ? addresses : [...addresses, [`${prefix}_PARTS`, parts.join(' ')]]
    }),
  )

/** The variables that a Compose file may name of this environment and of those beside it. Pure. */
const variablesOf = (
  { primary, project }: Definition,
  own: Ports,
  neighbours: readonly Neighbour[],
): Record<string, string> => ({
  ...urlsOf(own[primary], project.services[primary]?.ports?.[0]?.target),
  ...addressesBeside(neighbours),
  ...Object.fromEntries(neighbours.map(({ service, secret }) => [`${variableOf(service)}_SECRET`, secret])),
})

/** Fills in what was left open while the ports were not known. Pure. @throws DevenvError `neighbour-variable-unknown` */
export function tell<T extends Definition>(definition: T, own: Ports, neighbours: readonly Neighbour[]): T {
  const variables = variablesOf(definition, own, neighbours)
  const unknown = new Set<string>()
  const known = Object.keys(variables).sort()
  const fill = (text: string) =>
    text.replace(/\$?\{(DEVENV_(?:\w+_)?(?:(?:URL|SERVER)(?:_\d+)?|SECRET|PARTS))\}/g, (_, name: string) => {
      const value = variables[name]
      if (value === undefined) unknown.add(name)
      return value ?? ''
    })
  const { project, provision, accounts, asks, toldLater } = definition
  const filled = { ...definition, ...(mapStrings({ project, provision, accounts, asks }, fill) as object) }
  if (unknown.size > 0)
    throw new DevenvError(
      ...[...unknown].sort().map(
        (name): Problem => ({
          code: 'neighbour-variable-unknown',
          package: definition.package.name,
          place: toldLater[name],
          name,
          known,
        }),
      ),
    )
  return filled
}

const askedSteps = ({ primary }: Definition, { service, asks }: Neighbour): ProvisionStep[] =>
  asks.map(({ name, target, variables }) => ({
    name: `${name} (for ${service})`,
    service: primary,
    run: ['make', '-f', TARGETS_FILE, target, ...Object.entries(variables).map(([key, value]) => `${key}=${value}`)],
    // What was made for an address is of no use at another.
    when: { files: [], installed: [], stores: [], libraries: [], image: false, address: true },
    beside: true,
  }))
