import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { EnvironmentPackage } from '../../definition/definition.js'
import { FOLDER_IN_CHECKOUT } from '../../definition/find-package.js'
import { readSource } from '../../definition/source.js'
import { haveSnapshot, readSnapshotPlan, type SnapshotPlan } from '../../image/have-snapshot.js'
import { readSnapshotFiles } from '../../image/snapshot-files.js'
import { step } from '../../progress/progress.js'
import { remember, type Settings, settingsFrom } from '../../settings/settings.js'
import { readCode, SNAPSHOT_FILE, type SnapshotCode } from '../code.js'
import type { Context } from '../context.js'
import { createDataDirectory, makeOwnFolder, ownAll, requireOwnPlace, writeOwned } from '../data/data-directory.js'
import { withLock } from '../data/mutex.js'
import { readRecord } from '../data/record.js'
import { parseAskedService, placeOf } from '../data/snapshots.js'
import { identify } from '../environment.js'
import { findServicePackage } from './find-neighbour-package.js'

/** A service that an environment wants beside it without a checkout, by the word of WITH= that names it. */
export type AskedSnapshot = { word: string; by: Context }

/** Its package, the settings that hold for it, and how its image is had. Looks, and changes nothing. */
export type SeenSnapshot = { package: EnvironmentPackage; settings: Settings; plan: SnapshotPlan }

/** @throws DevenvError `neighbour-service-unknown`, `snapshot-unknown` */
export async function seeSnapshot({ word, by }: AskedSnapshot): Promise<SeenSnapshot> {
  const { service, release } = parseAskedService(word) ?? {}
  const found = findServicePackage(service, by.environment, word)
  const settings = settingsForSnapshot(by)
  return { package: found, settings, plan: await readSnapshotPlan(by.engine, found, release, settings) }
}

/** Whether what lies in its folder is still what its image and its package say; a start need not look further then. */
export const isLaidOut = ({ word, by }: AskedSnapshot, { package: found, plan }: SeenSnapshot): boolean => {
  const place = placeOf(by.environment, word)
  const code = readCode(place)
  return (
    plan.do === 'use' &&
    code.from === 'image' &&
    code.reference === plan.reference &&
    code.read.join(' ') === filesRead(found, place).join(' ')
  )
}

/**
 * Has the image of a snapshot, and in its folder those files of its code that devenv itself reads.
 * @throws DevenvError as `haveSnapshot`, `data-unusable`
 */
export async function layOutSnapshot(
  { word, by }: AskedSnapshot,
  { package: found, settings, plan }: SeenSnapshot,
  report: Context['report'],
): Promise<void> {
  const { environment } = by
  const { paths, checkout: owner } = environment
  const held = await haveSnapshot(plan, by.engine, settings, report)
  const place = placeOf(environment, word)
  const codeFor = (read: readonly string[]): SnapshotCode => ({
    from: 'image',
    package: found.directory,
    release: plan.release,
    reference: plan.reference,
    digest: held.digest,
    dependencies: held.dependencies,
    directory: held.directory,
    read,
  })
  const isDone = () => JSON.stringify(readCode(place)) === JSON.stringify(codeFor(filesRead(found, place)))
  if (isDone()) return
  await requireOwnPlace(environment)
  createDataDirectory(environment)
  for (const folder of [paths.snapshots, place]) makeOwnFolder(folder, owner)
  const itself = { environment: identify(found, place, undefined), report }
  createDataDirectory(itself.environment)
  await withLock(itself, () =>
    step(report, 'code', plan.reference, async () => {
      for (let read = filesRead(found, place); !isDone(); read = filesRead(found, place)) {
        rmSync(join(place, SNAPSHOT_FILE), { force: true })
        await replaceFiles(place, owner, await readSnapshotFiles(plan.reference, held.directory, read))
        // What the code itself adds to its package may read more.
        if (filesRead(found, place).join(' ') === read.join(' '))
          writeOwned(join(place, SNAPSHOT_FILE), `${JSON.stringify(codeFor(read), null, 1)}\n`)
      }
    }),
  )
}

/** Where it looks for images, and what is set for its Compose files, is what holds for whoever asks; what to run, it decides itself. */
export function settingsForSnapshot({ environment, settings }: Pick<Context, 'environment' | 'settings'>): Settings {
  const { mirror, registry, variables } = remember(settings, readRecord(environment)?.settings)
  const { network } = settings
  const images = { DEVENV_MIRROR: mirror, ...(registry !== undefined && { DEVENV_REGISTRY: registry }) }
  return { ...settingsFrom({ ...withoutChoices(variables), ...images }), network, dataRoot: undefined }
}

/** What a person chooses for the environment of one checkout, and not for this machine. */
const CHOICES = ['DEVENV_WITH', 'DEVENV_PROGRAMS', 'DEVENV_PUBLISH', 'DEVENV_WITHOUT', 'DEVENV_DIGESTS']

/** Pure. */
export const withoutChoices = (variables: Settings['variables']): Settings['variables'] =>
  Object.fromEntries(Object.entries(variables).filter(([name]) => !CHOICES.includes(name)))

/** The files and folders of a service's code that devenv reads: by which it is recognised, what steps depend on, what it adds. */
function filesRead({ directory, checkoutSays }: EnvironmentPackage, place: string): string[] {
  const folders = [directory, join(place, FOLDER_IN_CHECKOUT)].filter(existsSync)
  const files = folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => /^compose(\..+)?\.yaml$/.test(name))
      .map((name) => join(folder, name)),
  )
  const named = files.flatMap((file) => namedIn(readSource(file).value))
  return [...new Set([...named, ...(checkoutSays ?? []).map(({ file }) => file), `${FOLDER_IN_CHECKOUT}/**`])].sort()
}

type Marks = readonly (string | { file: string })[]
type Steps = { provision?: readonly { when?: { files?: readonly string[] } }[] }
type Written = {
  'x-devenv'?: Steps & { 'recognised-by'?: Marks; variants?: Record<string, { 'recognised-by'?: Marks }> }
  'x-devenv-with'?: Steps
}

/** Of a Compose file as it is written. Pure. */
function namedIn(value: unknown): string[] {
  const { 'x-devenv': own, 'x-devenv-with': beside } = (value ?? {}) as Written
  const marks = [own, ...Object.values(own?.variants ?? {})].flatMap((each) => each?.['recognised-by'] ?? [])
  const steps = [own, beside].flatMap((each) => each?.provision ?? [])
  return [
    ...marks.map((mark) => (typeof mark === 'string' ? mark : mark.file)),
    ...steps.flatMap(({ when }) => when?.files ?? []),
  ]
}

/** A package that the code names for its own checkout is none of ours, and what has our own name is not read. */
const LEFT_OUT = /^(devenv\/(package(-lock)?\.json$|node_modules\/)|\.dev\/|snapshot\.json$)/

/** Puts files in the place of those that are there; its data stay. */
async function replaceFiles(
  place: string,
  owner: string,
  files: Awaited<ReturnType<typeof readSnapshotFiles>>,
): Promise<void> {
  for (const name of readdirSync(place)) if (name !== '.dev') rmSync(join(place, name), { recursive: true })
  const staged = join(place, '.new')
  mkdirSync(staged)
  for (const [path, content] of files) {
    if (LEFT_OUT.test(path)) continue
    const file = join(staged, path)
    mkdirSync(content === undefined ? file : dirname(file), { recursive: true })
    if (content !== undefined) writeFileSync(file, content)
  }
  ownAll(staged, owner)
  for (const name of readdirSync(staged)) renameSync(join(staged, name), join(place, name))
  rmSync(staged, { recursive: true })
}
