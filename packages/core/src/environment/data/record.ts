import { existsSync, lstatSync, readFileSync } from 'node:fs'
import type { Account, Address, SuppliedTarget } from '../../definition/definition.js'
import type { BuildSpec, InputList } from '../../image/image-inputs.js'
import type { ProgramChoice, Settings } from '../../settings/settings.js'
import type { Environment } from '../environment.js'
import type { Ports } from '../project/plan-project.js'
import { writeOwned } from './data-directory.js'

/**
 * What the last start of an environment knew, so that the next command need not find it out again. Never the
 * authority: containers and images are asked of the engine, and files that changed make it void.
 */
export type Record = {
  format: 2
  /** Settings that stay in force until they are set again or the environment is cleaned. */
  settings: {
    mirror: string | undefined
    registry: string | undefined
    publish: readonly string[]
    programs: ProgramChoice
    without: readonly string[]
    /** Those that the Compose files read; `null` for one that was not set. */
    variables: { [name: string]: string | null }
  }
  primary: string
  /** The services that run an image of ours, each with the folder in which it has the checkout; the primary first. */
  ours: { [service: string]: string }
  image: { reference: string; digest: string; spec: BuildSpec; inputs: InputList }
  ports: Ports
  addresses: readonly Address[]
  /** The label on each service's container. */
  configs: { [service: string]: string }
  /** What a shell and the checkout's own targets need; `undefined`: all. */
  needs?: readonly string[] | undefined
  targets: { [target: string]: SuppliedTarget }
  accounts: readonly Account[]
  /** Provisioning steps, each with the hash of what it depends on; and those that passed, with what that was then. */
  steps: { [step: string]: string }
  provisioned: { [step: string]: string }
  /** A step that was begun: the command is still at work if nobody came to see its end. */
  provisioning?: { container: string; command: string } | undefined
  /** Services whose programs were released. */
  released: { [service: string]: Released }
  /** `size:mtime:inode:mode` of every file and folder that all this was made from. */
  stamps: { inputs: Stamps; definition: Stamps; provision: Stamps }
}

/** In which container, and which programs. */
export type Released = { container: string; programs: ProgramChoice }

export type Stamps = { [path: string]: string }

const FORMAT = 2

/** The record, or `undefined` where there is none that this version can read. */
export function readRecord({ paths }: Environment): Record | undefined {
  if (!existsSync(paths.record)) return undefined
  try {
    const record = JSON.parse(readFileSync(paths.record, 'utf8')) as Record
    const whole =
      record.settings?.variables &&
      record.image?.spec &&
      record.configs &&
      record.targets &&
      record.steps &&
      record.provisioned &&
      record.released &&
      record.addresses &&
      record.ours
    return record.format === FORMAT && whole && record.stamps?.inputs ? record : undefined
  } catch {
    return undefined
  }
}

export const writeRecord = ({ paths }: Environment, record: Record): void =>
  writeOwned(paths.record, `${JSON.stringify(record, null, 1)}\n`)

/** What is set now, else what was set when the environment was last started. Pure. */
export const remember = (given: Settings, before: Pick<Record, 'settings'> | undefined): Settings => ({
  ...given,
  mirror: given.mirror ?? before?.settings.mirror,
  registry: given.registry ?? before?.settings.registry,
  publish: given.publish.length > 0 ? given.publish : (before?.settings.publish ?? []),
  without: given.without ?? before?.settings.without,
  programs: given.programs ?? before?.settings.programs,
  variables: { ...setIn(before?.settings.variables ?? {}), ...given.variables },
})

/** Of what is set, that which has these names; `null` for what is not set. Pure. */
export const variablesOf = (
  names: readonly string[],
  { variables }: Pick<Settings, 'variables'>,
): { [name: string]: string | null } => Object.fromEntries(names.map((name) => [name, variables[name] ?? null]))

const setIn = (variables: { readonly [name: string]: string | null }): { [name: string]: string } =>
  Object.fromEntries(Object.entries(variables).flatMap(([name, value]) => (value === null ? [] : [[name, value]])))

export const stampsOf = (paths: Iterable<string>): Stamps =>
  Object.fromEntries([...paths].map((path) => [path, stampOf(path)]))

export const unchanged = (stamps: Stamps): boolean =>
  Object.entries(stamps).every(([path, stamp]) => stampOf(path) === stamp)

function stampOf(path: string): string {
  const status = lstatSync(path, { throwIfNoEntry: false })
  return status === undefined ? 'missing' : `${status.size}:${status.mtimeMs}:${status.ino}:${status.mode}`
}
