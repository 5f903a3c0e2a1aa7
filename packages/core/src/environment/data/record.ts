import { lstatSync } from 'node:fs'
import type { Account, Address, DeclaredTarget } from '../../definition/definition.js'
import type { BuildSpec, InputList } from '../../image/image-inputs.js'
import type { Place } from '../../problem/problem.js'
import type { ProgramChoice, Remembered } from '../../settings/settings.js'
import type { Environment } from '../environment.js'
import type { Ports } from '../project/addresses.js'
import type { Library } from '../project/libraries.js'
import type { Neighbour } from '../project/neighbours.js'
import { readOwned, writeOwned } from './data-directory.js'
import {
  type Check,
  isEither,
  isExactly,
  isListOf,
  isMapOf,
  isMaybe,
  isNumber,
  isPort,
  isShapeOf,
  isText,
} from './shape.js'

/**
 * What the last start of an environment knew, so that the next command need not find it out again. Never the
 * authority: containers and images are asked of the engine, and files that changed make it void.
 */
export type StartRecord = {
  format: 4
  settings: Remembered
  /** Where the file system that the checkout is on is mounted. */
  mountPoint: string
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
  targets: { [target: string]: DeclaredTarget }
  accounts: readonly Account[]
  /** Provisioning steps, each with the hash of what it depends on, and the stores whose ledgers tell whether it was carried out. */
  steps: { [step: string]: { now: string; stores: readonly string[] } }
  /** The same for steps of an environment that has no store. */
  provisioned: { [step: string]: string }
  /** The environment package and core, as they were. */
  packages?: StartedWith | undefined
  /** The environments that run beside it, as it was told of them. */
  neighbours: readonly Neighbour[]
  /** The libraries that are attached to it. */
  libraries?: readonly Library[] | undefined
  /** A step that was begun, and whose outcome nobody has taken yet. */
  begun?: Begun | undefined
  /** The step that failed last, until it succeeds. */
  failed?: string | undefined
  /** Its containers are being stopped, or somebody was interrupted in that. */
  stopping?: true | undefined
  /** Services whose programs were released. */
  released: { [service: string]: Released }
  /** `size:mtime:inode:mode` of every file and folder that all this was made from, taken before it was read. */
  stamps: { inputs: Stamps; definition: Stamps; provision: Stamps }
}

/** `id` names the command in its container, `now` what the step depended on, `files` the files among that. */
export type Begun = {
  step: string
  now: string
  files: readonly string[]
  stores: readonly string[]
  container: string
  id: string
}

/** By the name of a package. `content`: a hash of what environments are made from in it. */
export type StartedWith = { [name: string]: { version: string; content: string } }

/** In which container, and which programs. */
export type Released = { container: string; programs: ProgramChoice }

export type Stamps = { [path: string]: string }

const isTextMap = isMapOf(isText)
const isTextList = isListOf(isText)
const isChoice: Check<ProgramChoice> = isEither(isExactly('all'), isTextList)

const isPlaceInFile = isShapeOf<Place>({ file: isText, line: isMaybe(isNumber) })

const isRecord = isShapeOf<StartRecord>({
  format: isExactly(4),
  settings: isShapeOf<Remembered>({
    mirror: isMaybe(isText),
    registry: isMaybe(isText),
    publish: isMaybe(isTextList),
    programs: isMaybe(isChoice),
    without: isMaybe(isTextList),
    with: isMaybe(isTextList),
    reload: isMaybe(isEither(isExactly('plain'), isExactly('checkpoint'))),
    variables: isMapOf(isEither(isText, isExactly(null))),
    filed: isTextList,
  }),
  mountPoint: isText,
  primary: isText,
  ours: isTextMap,
  image: isShapeOf<StartRecord['image']>({
    reference: isText,
    digest: isText,
    spec: isShapeOf<BuildSpec>({
      name: isText,
      dockerfile: isText,
      target: isMaybe(isText),
      args: isTextMap,
      contexts: isTextMap,
      ssh: isMaybe(isTextList),
      secrets: isMaybe(isTextList),
    }),
    inputs: isTextMap,
  }),
  ports: isMapOf(isMapOf(isPort)),
  addresses: isListOf(
    isShapeOf<Address>({ service: isText, port: isPort, name: isMaybe(isText), program: isMaybe(isText) }),
  ),
  configs: isTextMap,
  needs: isMaybe(isTextList),
  targets: isMapOf(
    isShapeOf<DeclaredTarget>({
      needs: isMaybe(isTextList),
      environment: isTextMap,
      about: isMaybe(isText),
      because: isMaybe(isText),
    }),
  ),
  accounts: isListOf(
    isShapeOf<Account>({
      what: isText,
      user: isText,
      password: isText,
      path: isMaybe(isText),
      port: isMaybe(isPort),
    }),
  ),
  steps: isMapOf(isShapeOf<StartRecord['steps'][string]>({ now: isText, stores: isTextList })),
  provisioned: isTextMap,
  packages: isMaybe(isMapOf(isShapeOf<StartedWith[string]>({ version: isText, content: isText }))),
  neighbours: isListOf(
    isShapeOf<Neighbour>({
      service: isText,
      checkout: isText,
      project: isText,
      ports: isMapOf(isPort),
      address: isMaybe(isPort),
      parts: isMaybe(isTextList),
      secret: isText,
      asks: isListOf(
        isShapeOf<Neighbour['asks'][number]>({
          name: isText,
          target: isText,
          variables: isTextMap,
          place: isMaybe(isPlaceInFile),
        }),
      ),
    }),
  ),
  libraries: isMaybe(isListOf(isShapeOf<Library>({ name: isText, checkout: isText }))),
  begun: isMaybe(
    isShapeOf<Begun>({
      step: isText,
      now: isText,
      stores: isTextList,
      container: isText,
      id: isText,
      files: isTextList,
    }),
  ),
  failed: isMaybe(isText),
  stopping: isMaybe(isExactly(true)),
  released: isMapOf(isShapeOf<Released>({ container: isText, programs: isChoice })),
  stamps: isShapeOf<StartRecord['stamps']>({ inputs: isTextMap, definition: isTextMap, provision: isTextMap }),
})

/** The record, or `undefined` where there is none that this version can read: it is a cache, and made again. */
export function readRecord({ paths }: { paths: Pick<Environment['paths'], 'record'> }): StartRecord | undefined {
  try {
    const record: unknown = JSON.parse(readOwned(paths.record) ?? '')
    return isRecord(record) ? record : undefined
  } catch {
    return undefined
  }
}

const isPlace = isShapeOf<{ image: { spec: { contexts: { checkout: string } } }; mountPoint: string | undefined }>({
  image: isShapeOf({ spec: isShapeOf({ contexts: isShapeOf({ checkout: isText }) }) }),
  mountPoint: isMaybe(isText),
})

/** Where the checkout of a record was, also one of an earlier version; `undefined` where it cannot be read. */
export function readRecordedPlace(file: string): { checkout: string; mountPoint: string | undefined } | undefined {
  try {
    const record: unknown = JSON.parse(readOwned(file) ?? '')
    return isPlace(record)
      ? { checkout: record.image.spec.contexts.checkout, mountPoint: record.mountPoint }
      : undefined
  } catch {
    return undefined
  }
}

export const writeRecord = ({ paths }: Environment, record: StartRecord): void =>
  writeOwned(paths.record, `${JSON.stringify(record, null, 1)}\n`)

/**
 * Has `work` stop containers, and notes that meanwhile: the engine goes on with it whatever becomes of us, and calls them
 * running until it is done. Who cannot write there, or has no space left, may stop them all the same.
 */
export async function whileStopping<T>(
  environment: Environment,
  record: StartRecord | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const note = (stopping: true | undefined) => {
    if (record === undefined) return
    record.stopping = stopping
    try {
      writeRecord(environment, record)
    } catch {}
  }
  note(true)
  const outcome = await work()
  note(undefined)
  return outcome
}

export const stampsOf = (paths: Iterable<string>): Stamps =>
  Object.fromEntries([...paths].map((path) => [path, stampOf(path)]))

export const unchanged = (stamps: Stamps): boolean =>
  Object.entries(stamps).every(([path, stamp]) => stampOf(path) === stamp)

/** Takes each stamp before what it stamps is read, so that a save right after the reading is a change. */
export function stampOf(path: string): string {
  try {
    const { size, mtimeMs, ino, mode } = lstatSync(path)
    return `${size}:${mtimeMs}:${ino}:${mode}`
  } catch {
    return 'missing'
  }
}
