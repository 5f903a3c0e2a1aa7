import { realpathSync, statSync } from 'node:fs'
import { basename } from 'node:path'
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
import { placeOf, wordFor } from '../data/snapshots.js'
import { type Environment, identify } from '../environment.js'
import { requireRecognised } from '../open-environment.js'
import { findNeighbourPackage } from './find-neighbour-package.js'
import { type AskedSnapshot, isLaidOut, layOutSnapshot, seeSnapshot, withoutChoices } from './open-snapshot.js'
import { isToldOf, type Member } from './tell-neighbours.js'

/** What a neighbourhood may do to be whole: have the images of snapshots, or only look. */
export type Opening = 'have-snapshots' | 'look'

/** Everything that a start concerns. `unread`: snapshots whose code is not here yet, where nobody was to have it. */
export type Neighbourhood = { members: Member[]; parted: Member[]; unread: readonly UnreadSnapshot[] }
export type UnreadSnapshot = { service: string; checkout: string; plan: SnapshotPlan }

/** A checkout that others install. `member`: its own environment, where a package is for it. */
type FoundLibrary = { checkout: string; library: LibraryKind; member: Member | undefined }

/**
 * This environment, those beside it, those beside these, and so on, each with the libraries that it installs; last, those that it has just
 * been parted from. The environment of a library is among them only where it is this one, or was parted from it.
 * @throws DevenvError for this environment, and for what was named for this start; another that cannot be opened is told
 */
export async function openNeighbourhood(context: Context, opening: Opening): Promise<Neighbourhood> {
  const { environment, settings, report } = context
  const own = environment.checkout
  const before = (readRecord(environment)?.settings.with ?? []).map((word) => placeOf(environment, word))
  const wished = wishesOf(context)
  if (wished.includes(own)) throw new DevenvError({ code: 'neighbour-itself', checkout: own })
  const opened = new Map<string, Member>([[own, { ...(await openedAs(context)), with: wished }]])
  const unread: UnreadSnapshot[] = []
  const parting = before.filter((checkout) => !wished.includes(checkout) && isCheckout(checkout, environment))
  const named = (settings.with ?? []).map((word) => placeOf(environment, word))
  /** What cannot be done for two of which nobody has named the one for the other now, is told. */
  const unless = async <T>(other: string, from: string | undefined, work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work()
    } catch (error) {
      const given = (from === own && named.includes(other)) || (other === own && named.includes(from ?? ''))
      if (given || !(error instanceof DevenvError)) throw error
      const { whatOf } = await import('../../problem/explain-problem.js')
      report({ kind: 'note', text: `${whatOf(error)} devenv starts without it; WITH=none forgets it` })
      return undefined
    }
  }
  /** `from`: who wants it beside itself; nobody wants one that is parted from. */
  const visit = (checkout: string, from: string | undefined): Promise<Member | FoundLibrary | undefined> =>
    unless(checkout, from, async () => {
      const known = opened.get(checkout)
      if (known !== undefined) return known
      const by = (from === undefined ? undefined : opened.get(from)?.context) ?? context
      const found = isCheckout(checkout, by.environment)
        ? await openBeside(context, checkout)
        : await openSnapshot({ word: wordFor(by.environment, checkout), by }, opening, unread)
      if (found === undefined || 'member' in found) return found
      // Nobody but who asks for a snapshot runs beside it.
      const isSnapshot = found.context.environment.code.from === 'image'
      const wishes = isSnapshot ? [] : wishesOf(found.context)
      const others = wishes.filter((each) => !(each === own && parting.includes(checkout)))
      const member = { ...found, with: sortedSet(from === undefined ? others : [...others, from]) }
      opened.set(checkout, member)
      return member
    })
  const join = async (checkout: string, member: Member): Promise<void> => {
    for (const other of member.with) {
      const found = await visit(other, checkout)
      const library = found?.library
      if (library !== undefined) await unless(other, checkout, async () => attach(member, other, library))
      else if (found !== undefined && 'with' in found) found.with = sortedSet([...found.with, checkout])
    }
  }
  // Each visit may open more: a Map goes on with what is added while it is gone through.
  for (const [checkout, member] of opened) await join(checkout, member)
  const members = [...opened.values()]
  for (const member of members) {
    forgetMoved(member, members)
    requireDistinct(member, members)
  }
  const parted: Member[] = []
  for (const checkout of parting) {
    if (opened.has(checkout)) continue
    const found = await visit(checkout, undefined)
    const member = found !== undefined && 'member' in found ? found.member : found
    if (member === undefined) continue
    if (member.library === undefined) await join(checkout, member)
    parted.push(member)
  }
  return { members, parted, unread }
}

/** @throws DevenvError `library-refused`, `libraries-alike`, `checkout-unmountable` */
function attach(member: Member, checkout: string, kind: LibraryKind): void {
  if (member.libraries.some((each) => each.checkout === checkout)) return
  const { service } = member.context.environment
  if (member.accepts !== kind) throw new DevenvError({ code: 'library-refused', checkout, service, kind })
  if (checkout.includes(':')) throw new DevenvError({ code: 'checkout-unmountable', checkout })
  const name = basename(checkout)
  const alike = member.libraries.filter((each) => each.name === name).map((each) => each.checkout)
  if (alike.length > 0) throw new DevenvError({ code: 'libraries-alike', service, checkouts: [...alike, checkout] })
  member.libraries = [...member.libraries, { name, checkout }]
}

const isCheckout = (place: string, environment: Environment): boolean => wordFor(environment, place) === place

const sortedSet = (paths: readonly string[]): string[] => [...new Set(paths)].sort()

/** The folders of the environments that one wants beside it. */
const wishesOf = ({ environment, settings }: Pick<Context, 'environment' | 'settings'>): string[] =>
  sortedSet(
    (remember(settings, readRecord(environment)?.settings).with ?? []).map((word) => placeOf(environment, word)),
  )

/** A checkout that cannot be opened, where another of its service runs beside a member: it is that one now. */
function forgetMoved(member: Member, members: readonly Member[]): void {
  const opened = members.map(({ context: { environment } }) => environment)
  const services = opened.filter(({ checkout }) => member.with.includes(checkout)).map(({ service }) => service)
  const told = readRecord(member.context.environment)?.neighbours ?? []
  member.with = member.with.filter(
    (path) =>
      opened.some(({ checkout }) => checkout === path) ||
      !told.some(({ checkout, service }) => checkout === path && services.includes(service)),
  )
}

/** The environment of a checkout, or what it is for others. @throws DevenvError */
async function openBeside(context: Context, checkout: string): Promise<Member | FoundLibrary> {
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

/** One that runs a snapshot; `undefined` where its code is not here, and was not to be had. */
async function openSnapshot(
  asked: AskedSnapshot,
  opening: Opening,
  unread: UnreadSnapshot[],
): Promise<Member | undefined> {
  const seen = await seeSnapshot(asked)
  const { service } = seen.package
  const checkout = placeOf(asked.by.environment, asked.word)
  if (opening === 'have-snapshots') await layOutSnapshot(asked, seen, reportOf(asked.by, service))
  else if (!isLaidOut(asked, seen)) {
    unread.push({ service, checkout, plan: seen.plan })
    return undefined
  }
  return await memberOf(asked.by, identify(seen.package, checkout, undefined), seen.settings)
}

const memberOf = (context: Context, environment: Environment, settings: Settings): Promise<Member> =>
  openedAs({ ...context, environment, settings, report: reportOf(context, environment.service) })

/** An environment that nobody is joined with yet. */
async function openedAs(context: Context): Promise<Member> {
  const variant = await requireRecognised(context.environment)
  const { library, libraries: accepts } = readExtension(context.environment.package, variant)
  return { context, variant, with: wishesOf(context), libraries: [], accepts, library }
}

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

/** @throws DevenvError `neighbours-alike`: they are reached by the names of their services */
function requireDistinct(member: Member, members: readonly Member[]): void {
  const { context } = member
  const { service } = context.environment
  const others = members.filter((other) => isToldOf(member, other))
  const all = others.map(({ context: { environment } }) => environment)
  for (const { service: of } of all) {
    const checkouts = all.filter((each) => each.service === of).map(({ checkout }) => checkout)
    const { checkout } = context.environment
    const alike = of === service ? [checkout, ...checkouts] : checkouts
    if (alike.length > 1) throw new DevenvError({ code: 'neighbours-alike', service, checkout, of, checkouts: alike })
  }
}
