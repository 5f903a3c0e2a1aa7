import { realpathSync, statSync } from 'node:fs'
import { installPackage, lacksPackage } from '../../checkout/install-package.js'
import { LIBRARY_MARKS, type LibraryKind } from '../../definition/definition.js'
import { readExtension } from '../../definition/extension.js'
import { bears } from '../../definition/recognise.js'
import type { SnapshotPlan } from '../../image/have-snapshot.js'
import { DevenvError, tellsOf } from '../../problem/problem.js'
import { step } from '../../progress/progress.js'
import { remember, type Settings, settingsFrom } from '../../settings/settings.js'
import { readSettingsFiles } from '../../settings/settings-files.js'
import { folderTree } from '../../tree/folder-tree.js'
import { readCode } from '../code.js'
import type { Context } from '../context.js'
import { readRecord } from '../data/record.js'
import { placeOf } from '../data/snapshots.js'
import { type Environment, identify } from '../environment.js'
import { requireRecognised } from '../open-environment.js'
import { findNeighbourPackage } from './find-neighbour-package.js'
import { sortedSet } from './join-members.js'
import { type AskedSnapshot, isLaidOut, layOutSnapshot, seeSnapshot, withoutChoices } from './open-snapshot.js'
import type { Member } from './tell-neighbours.js'

/** What a neighbourhood may do to be whole: have the images of snapshots, or only look. */
export type Opening = 'have-snapshots' | 'look'

/** A snapshot whose code is not here yet, where nobody was to have it. */
export type UnreadSnapshot = { service: string; checkout: string; plan: SnapshotPlan }

/** A checkout that others install. `member`: its own environment, where a package is for it. */
export type FoundLibrary = { checkout: string; library: LibraryKind; member: Member | undefined }

/** The environment of a checkout, or what it is for others. @throws DevenvError */
export async function openNeighbour(context: Context, checkout: string): Promise<Member | FoundLibrary> {
  const found = statSync(checkout, { throwIfNoEntry: false })
  if (!found?.isDirectory())
    throw new DevenvError({
      code: 'neighbour-missing',
      looked: checkout,
      is: found === undefined ? 'not there' : 'a file',
    })
  const real = realpathSync(checkout)
  // It belongs to one checkout alone.
  if (readCode(real).from === 'image')
    throw new DevenvError({
      code: 'neighbour-missing',
      looked: checkout,
      is: 'the snapshot that another checkout runs',
    })
  if (lacksPackage(real))
    await step(context.report, 'npm ci', `${real} does not have its package yet`, () => installPackage(real))
  try {
    const settings = settingsBeside(context.settings, real)
    const member = await memberOf(
      context,
      identify(await findNeighbourPackage(real), real, settings.dataRoot),
      settings,
    )
    const { library } = member
    return library === undefined ? member : { checkout: real, library, member }
  } catch (error) {
    const library = tellsOf(error, 'neighbour-unknown') ? await kindOf(real) : undefined
    if (library === undefined) throw error
    return { checkout: real, library, member: undefined }
  }
}

/** What kind of library a checkout is that no package is for. */
async function kindOf(checkout: string): Promise<LibraryKind | undefined> {
  const tree = folderTree(checkout)
  for (const [kind, marks] of Object.entries(LIBRARY_MARKS)) {
    const borne = await Promise.all(marks.map((mark) => bears(tree, mark)))
    if (borne.includes(true)) return kind as LibraryKind
  }
  return undefined
}

/** One that runs a snapshot, or what tells that its code is not here, where that was not to be had. */
export async function openSnapshot(asked: AskedSnapshot, opening: Opening): Promise<Member | UnreadSnapshot> {
  const seen = await seeSnapshot(asked)
  const { service } = seen.package
  const checkout = placeOf(asked.by.environment, asked.word)
  if (opening === 'have-snapshots') await layOutSnapshot(asked, seen, reportOf(asked.by, service))
  else if (!isLaidOut(asked, seen)) return { service, checkout, plan: seen.plan }
  return await memberOf(asked.by, identify(seen.package, checkout, undefined), seen.settings)
}

const memberOf = (context: Context, environment: Environment, settings: Settings): Promise<Member> =>
  openedAs({ ...context, environment, settings, report: reportOf(context, environment.service) })

/** An environment that nobody is joined with yet. */
export async function openedAs(context: Context): Promise<Member> {
  const variant = await requireRecognised(context.environment)
  const { library, libraries: accepts } = readExtension(context.environment.package, variant)
  return { context, variant, with: wishesOf(context), libraries: [], accepts, library }
}

/** The folders of the environments that one wants beside it. */
export const wishesOf = ({ environment, settings }: Pick<Context, 'environment' | 'settings'>): string[] =>
  sortedSet(
    (remember(settings, readRecord(environment)?.settings).with ?? []).map((word) => placeOf(environment, word)),
  )

/** Says of whom it tells. */
export const reportOf =
  ({ report }: Pick<Context, 'report'>, service: string): Context['report'] =>
  (progress) =>
    report(
      progress.kind === 'note'
        ? { ...progress, text: `${service}: ${progress.text}` }
        : { ...progress, step: `${service}: ${progress.step}` },
    )

/** The settings of a checkout beside this one: its own files and this shell, but for what was chosen for this one. */
function settingsBeside({ variables, filed, network }: Settings, checkout: string): Settings {
  const shell = Object.fromEntries(Object.entries(withoutChoices(variables)).filter(([name]) => !filed.includes(name)))
  return { ...settingsFrom(shell, readSettingsFiles(checkout)), network }
}
