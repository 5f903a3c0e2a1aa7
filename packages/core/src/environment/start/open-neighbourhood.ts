import { realpathSync, statSync } from 'node:fs'
import { installPackage, lacksPackage } from '../../checkout/install-package.js'
import type { SnapshotPlan } from '../../image/have-snapshot.js'
import { DevenvError } from '../../problem/problem.js'
import { step } from '../../progress/progress.js'
import { remember, type Settings, settingsFrom } from '../../settings/settings.js'
import { readSettingsFiles } from '../../settings/settings-files.js'
import { readCode } from '../code.js'
import type { Context } from '../context.js'
import { readRecord } from '../data/record.js'
import { placeOf, wordFor } from '../data/snapshots.js'
import { type Environment, identify } from '../environment.js'
import { requireRecognised } from '../open-environment.js'
import { findNeighbourPackage } from './find-neighbour-package.js'
import { type AskedSnapshot, isLaidOut, layOutSnapshot, seeSnapshot, withoutChoices } from './open-snapshot.js'
import type { Member } from './tell-neighbours.js'

/** Whether a start concerns other environments too: those beside this one, or those that were. Looks at nothing else. */
export function hasNeighbours({ environment, settings }: Pick<Context, 'environment' | 'settings'>): boolean {
  const before = readRecord(environment)?.settings
  return (remember(settings, before).with ?? []).length > 0 || (before?.with ?? []).length > 0
}

/** What a neighbourhood may do to be whole: have the images of snapshots, or only look. */
export type Opening = 'have-snapshots' | 'look'

/** Everything that a start concerns. `unread`: snapshots whose code is not here yet, where nobody was to have it. */
export type Neighbourhood = { members: Member[]; parted: Member[]; unread: readonly UnreadSnapshot[] }
export type UnreadSnapshot = { service: string; checkout: string; plan: SnapshotPlan }

/**
 * This environment, those beside it, those beside these, and so on; last, those that it has just been parted from.
 * @throws DevenvError for this environment, and for what was named for this start; another that cannot be opened is told
 */
export async function openNeighbourhood(context: Context, opening: Opening): Promise<Neighbourhood> {
  const { environment, settings, report } = context
  const own = environment.checkout
  const before = (readRecord(environment)?.settings.with ?? []).map((word) => placeOf(environment, word))
  const wished = wishesOf(context)
  if (wished.includes(own)) throw new DevenvError({ code: 'neighbour-itself', checkout: own })
  const opened = new Map<string, Member>([
    [own, { context, variant: await requireRecognised(environment), with: wished }],
  ])
  const unread: UnreadSnapshot[] = []
  const parting = before.filter((checkout) => !wished.includes(checkout) && isCheckout(checkout, environment))
  /** `from`: who wants it beside itself; nobody wants one that is parted from. */
  const visit = async (checkout: string, from: string | undefined): Promise<Member | undefined> => {
    const known = opened.get(checkout)
    if (known !== undefined) return known
    try {
      const by = (from === undefined ? undefined : opened.get(from)?.context) ?? context
      const found = isCheckout(checkout, by.environment)
        ? await openMember(context, checkout)
        : await openSnapshot({ word: wordFor(by.environment, checkout), by }, opening, unread)
      if (found === undefined) return undefined
      // Nobody but who asks for a snapshot runs beside it.
      const isSnapshot = found.context.environment.code.from === 'image'
      const wishes = isSnapshot ? [] : wishesOf(found.context)
      const others = wishes.filter((each) => !(each === own && parting.includes(checkout)))
      const member = { ...found, with: sortedSet(from === undefined ? others : [...others, from]) }
      opened.set(checkout, member)
      return member
    } catch (error) {
      const given = from === own && settings.with?.some((word) => placeOf(environment, word) === checkout)
      if (given || !(error instanceof DevenvError)) throw error
      const { whatOf } = await import('../../problem/explain-problem.js')
      report({ kind: 'note', text: `${whatOf(error)} devenv starts without it; WITH=none forgets it` })
      return undefined
    }
  }
  // Each visit may open more: a Map goes on with what is added while it is gone through.
  for (const [checkout, member] of opened) {
    for (const other of member.with) {
      const neighbour = await visit(other, checkout)
      if (neighbour !== undefined) neighbour.with = sortedSet([...neighbour.with, checkout])
    }
  }
  const members = [...opened.values()]
  for (const member of members) {
    forgetMoved(member, members)
    requireDistinct(member, members)
  }
  const parted: Member[] = []
  for (const checkout of parting) {
    if (opened.has(checkout)) continue
    const member = await visit(checkout, undefined)
    if (member !== undefined) parted.push(member)
  }
  return { members, parted, unread }
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

async function openMember(context: Context, checkout: string): Promise<Omit<Member, 'with'>> {
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
  const settings = settingsBeside(context.settings, real)
  return await memberOf(context, identify(await findNeighbourPackage(real), real, settings.dataRoot), settings)
}

/** One that runs a snapshot; `undefined` where its code is not here, and was not to be had. */
async function openSnapshot(
  asked: AskedSnapshot,
  opening: Opening,
  unread: UnreadSnapshot[],
): Promise<Omit<Member, 'with'> | undefined> {
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

async function memberOf(context: Context, environment: Environment, settings: Settings): Promise<Omit<Member, 'with'>> {
  const report = reportOf(context, environment.service)
  return { context: { ...context, environment, settings, report }, variant: await requireRecognised(environment) }
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
function requireDistinct({ context, with: beside }: Member, members: readonly Member[]): void {
  const { service } = context.environment
  const others = members.filter(({ context: { environment } }) => beside.includes(environment.checkout))
  const all = others.map(({ context: { environment } }) => environment)
  for (const { service: of } of all) {
    const checkouts = all.filter((each) => each.service === of).map(({ checkout }) => checkout)
    const { checkout } = context.environment
    const alike = of === service ? [checkout, ...checkouts] : checkouts
    if (alike.length > 1) throw new DevenvError({ code: 'neighbours-alike', service, checkout, of, checkouts: alike })
  }
}
