import type { Container } from '../engine/containers.js'
import { LABELS } from '../engine/labels.js'
import type { ProgramChoice } from '../settings/settings.js'
import { isSameChoice, wordsOf } from './choose-programs.js'
import type { Released } from './record.js'

/**
 * What a command needs running. `ours`: services that run an image of ours; `needs`: third-party services;
 * `programs`: those of ours, `undefined` where none must run.
 */
export type Wanted = { ours: readonly string[]; needs: readonly string[]; programs: ProgramChoice | undefined }

export type StartStep =
  | { do: 'remove'; service: string; container: Container; because: string }
  | { do: 'create'; services: readonly string[]; because: string }
  | { do: 'start'; service: string; because: string }
  | { do: 'provision'; step: string; because: string }
  | { do: 'release'; service: string; programs: ProgramChoice; because: string }
  | { do: 'restart-programs'; service: string; because: string }

/** What is, for the plan. `configs`: the label that each service's container should carry. */
export type Observed = {
  containers: readonly Container[]
  configs: { readonly [service: string]: string }
  released: { readonly [service: string]: Released }
  /** The provisioning steps, in order, each with what it depends on now and when it last passed. */
  steps: readonly { name: string; now: string; passed: string | undefined }[]
}

/** The way from what is to what is wanted; empty when there is nothing to do. Pure. */
export function planStart(wanted: Wanted, observed: Observed): StartStep[] {
  const services = [...wanted.needs, ...wanted.ours]
  const container = (service: string) => observed.containers.find((candidate) => candidate.service === service)
  const outdated = services.filter((service) => container(service)?.labels[LABELS.config] !== observed.configs[service])
  const strangers = observed.containers.filter(({ service }) => observed.configs[service] === undefined)
  const create: StartStep[] = strangers.map((container) => ({
    do: 'remove',
    service: container.service,
    container,
    because: 'the environment does not need it any more',
  }))
  if (outdated.length > 0) {
    const missing = outdated.filter((service) => container(service) === undefined)
    const changed = outdated.filter((service) => container(service) !== undefined)
    const causes = [
      ...(missing.length > 0 ? [`${missing.join(', ')} not created yet`] : []),
      ...(changed.length > 0 ? [`${changed.join(', ')} changed`] : []),
    ]
    create.push({ do: 'create', services: outdated, because: causes.join('; ') })
  }
  const start = services
    .filter((service) => outdated.includes(service) || container(service)?.state !== 'running')
    .map((service) => ({ do: 'start' as const, service, because: container(service)?.state ?? 'new' }))
  const { programs } = wanted
  if (programs === undefined) return [...create, ...start]

  const provision = observed.steps
    .filter(({ now, passed }) => now !== passed)
    .map(
      ({ name, passed }): StartStep => ({
        do: 'provision',
        step: name,
        because: passed === undefined ? 'not done yet' : 'something that it depends on has changed',
      }),
    )
  const isHeld = (service: string) =>
    container(service) === undefined ||
    outdated.includes(service) ||
    observed.released[service]?.container !== container(service)?.id
  // Programs that went on without a server have failed, and wait longer each time before they try again.
  const lacked = start.map(({ service }) => service).filter((service) => wanted.needs.includes(service))
  const restart = wanted.ours
    .filter((service) => lacked.length > 0 && !isHeld(service) && container(service)?.state === 'running')
    .map((service) => ({
      do: 'restart-programs' as const,
      service,
      because: `they had to run without ${lacked.join(', ')}`,
    }))
  const release = wanted.ours.flatMap((service): StartStep[] => {
    if (isHeld(service)) return [{ do: 'release', service, programs, because: 'they wait until provisioning is done' }]
    if (isSameChoice(observed.released[service]?.programs ?? 'all', programs)) return []
    return [{ do: 'release', service, programs, because: `chosen: ${wordsOf(programs)}` }]
  })
  return [...create, ...start, ...provision, ...restart, ...release]
}
