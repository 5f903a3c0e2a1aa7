import type { Container } from '../engine/containers.js'
import { LABELS } from '../engine/labels.js'
import type { ProgramChoice } from '../settings/settings.js'
import { isSameChoice, wordsOf } from './choose-programs.js'
import type { Released } from './record.js'

/** What a command needs running. `needs`: third-party services; `programs`: those of the primary, `undefined` where none must run. */
export type Wanted = { primary: string; needs: readonly string[]; programs: ProgramChoice | undefined }

export type StartStep =
  | { do: 'create'; services: readonly string[]; because: string }
  | { do: 'start'; service: string; because: string }
  | { do: 'provision'; step: string; because: string }
  | { do: 'release'; programs: ProgramChoice; because: string }
  | { do: 'restart-programs'; because: string }

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
  const services = [...wanted.needs, wanted.primary]
  const container = (service: string) => observed.containers.find((candidate) => candidate.service === service)
  const outdated = services.filter((service) => container(service)?.labels[LABELS.config] !== observed.configs[service])
  const create: StartStep[] = []
  if (outdated.length > 0) {
    const missing = outdated.filter((service) => container(service) === undefined)
    const changed = outdated.filter((service) => container(service) !== undefined)
    const causes = [
      ...(missing.length > 0 ? [`${missing.join(', ')} not there yet`] : []),
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
        because: passed === undefined ? 'not done yet' : 'what it depends on changed',
      }),
    )
  const primary = container(wanted.primary)
  const released = observed.released[wanted.primary]
  const held = primary === undefined || outdated.includes(wanted.primary) || released?.container !== primary.id
  const release = held
    ? 'the programs are held until provisioning is done'
    : isSameChoice(released?.programs ?? 'all', programs)
      ? undefined
      : `chosen: ${wordsOf(programs)}`
  // Programs that went on without a server have failed, and wait longer each time before they try again.
  const deprived = held || primary.state !== 'running' ? [] : start.map(({ service }) => service)
  return [
    ...create,
    ...start,
    ...provision,
    ...(deprived.length > 0
      ? [{ do: 'restart-programs' as const, because: `${deprived.join(', ')} had not been running` }]
      : []),
    ...(release === undefined ? [] : [{ do: 'release' as const, programs, because: release }]),
  ]
}
