import { existsSync, lstatSync, readFileSync } from 'node:fs'
import type { Account, Address, SuppliedTarget } from '../../definition/definition.js'
import type { BuildSpec, InputList } from '../../image/image-inputs.js'
import type { ProgramChoice, Remembered } from '../../settings/settings.js'
import type { Environment } from '../environment.js'
import type { Ports } from '../project/addresses.js'
import { writeOwned } from './data-directory.js'

/**
 * What the last start of an environment knew, so that the next command need not find it out again. Never the
 * authority: containers and images are asked of the engine, and files that changed make it void.
 */
export type StartRecord = {
  format: 3
  settings: Remembered
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
  /** Provisioning steps, each with the hash of what it depends on, and the stores whose ledgers tell whether it was carried out. */
  steps: { [step: string]: { now: string; stores: readonly string[] } }
  /** The same for steps of an environment that has no store. */
  provisioned: { [step: string]: string }
  /** A step that was begun, and whose outcome nobody has taken yet. */
  begun?: Begun | undefined
  /** Services whose programs were released. */
  released: { [service: string]: Released }
  /** `size:mtime:inode:mode` of every file and folder that all this was made from, taken before it was read. */
  stamps: { inputs: Stamps; definition: Stamps; provision: Stamps }
}

/** `id` names the command in its container, `now` what the step depended on, `files` the files among that. */
export type Begun = {
  step: string
  now: string
  /** An earlier version noted none. */
  files?: readonly string[] | undefined
  stores: readonly string[]
  container: string
  id: string
}

/** In which container, and which programs. */
export type Released = { container: string; programs: ProgramChoice }

export type Stamps = { [path: string]: string }

const FORMAT = 3

/** The record, or `undefined` where there is none that this version can read. */
export function readRecord({ paths }: Environment): StartRecord | undefined {
  if (!existsSync(paths.record)) return undefined
  try {
    const record = JSON.parse(readFileSync(paths.record, 'utf8')) as StartRecord
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

export const writeRecord = ({ paths }: Environment, record: StartRecord): void =>
  writeOwned(paths.record, `${JSON.stringify(record, null, 1)}\n`)

export const stampsOf = (paths: Iterable<string>): Stamps =>
  Object.fromEntries([...paths].map((path) => [path, stampOf(path)]))

export const unchanged = (stamps: Stamps): boolean =>
  Object.entries(stamps).every(([path, stamp]) => stampOf(path) === stamp)

/** Takes each stamp before what it stamps is read, so that a save right after the reading is a change. */
export function stampOf(path: string): string {
  const status = lstatSync(path, { throwIfNoEntry: false })
  return status === undefined ? 'missing' : `${status.size}:${status.mtimeMs}:${status.ino}:${status.mode}`
}
