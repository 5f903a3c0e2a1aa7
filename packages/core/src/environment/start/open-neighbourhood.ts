import { existsSync, realpathSync, statSync } from 'node:fs'
import { installPackage, lacksPackage } from '../../checkout/install-package.js'
import { DevenvError } from '../../problem/problem.js'
import { step } from '../../progress/progress.js'
import { remember, type Settings, settingsFrom } from '../../settings/settings.js'
import { readSettingsFiles } from '../../settings/settings-files.js'
import type { Context } from '../context.js'
import { readRecord } from '../data/record.js'
import { identify } from '../environment.js'
import { requireRecognised } from '../open-environment.js'
import { findNeighbourPackage } from './find-neighbour-package.js'
import type { Member } from './tell-neighbours.js'

/** Whether a start concerns other environments too: those beside this one, or those that were. Looks at nothing else. */
export function hasNeighbours({ environment, settings }: Pick<Context, 'environment' | 'settings'>): boolean {
  const before = readRecord(environment)?.settings
  return (remember(settings, before).with ?? []).length > 0 || (before?.with ?? []).length > 0
}

/**
 * This environment, those beside it, those beside these, and so on; last, those that it has just been parted from.
 * @throws DevenvError for this environment, and for a checkout that was named for this start; another that cannot be opened is told
 */
export async function openNeighbourhood(context: Context): Promise<{ members: Member[]; parted: Member[] }> {
  const { environment, settings, report } = context
  const own = environment.checkout
  const before = readRecord(environment)?.settings.with ?? []
  const wished = wishesOf(context)
  if (wished.includes(own)) throw new DevenvError({ code: 'neighbour-itself', checkout: own })
  const opened = new Map<string, Member>([
    [own, { context, variant: await requireRecognised(environment), with: wished }],
  ])
  const parting = before.filter((checkout) => !wished.includes(checkout))
  /** `from`: who wants it beside itself; nobody wants one that is parted from. */
  const visit = async (checkout: string, from: string | undefined): Promise<Member | undefined> => {
    const known = opened.get(checkout)
    if (known !== undefined) return known
    try {
      const found = await openMember(context, checkout)
      const others = wishesOf(found.context).filter((each) => !(each === own && parting.includes(checkout)))
      const member = { ...found, with: sortedSet(from === undefined ? others : [...others, from]) }
      opened.set(checkout, member)
      return member
    } catch (error) {
      const given = from === own && settings.with?.some((path) => placeOf(path) === checkout)
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
  return { members, parted }
}

const sortedSet = (paths: readonly string[]): string[] => [...new Set(paths)].sort()

/** The checkouts that an environment wants beside it, by their real paths where they are there. */
const wishesOf = ({ environment, settings }: Pick<Context, 'environment' | 'settings'>): string[] =>
  sortedSet((remember(settings, readRecord(environment)?.settings).with ?? []).map(placeOf))

const placeOf = (path: string): string => (existsSync(path) ? realpathSync(path) : path)

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
  if (lacksPackage(real))
    await step(context.report, 'npm ci', `${real} does not have its package yet`, () => installPackage(real))
  const known = await findNeighbourPackage(real)
  const settings = settingsBeside(context.settings, real)
  const environment = identify(known, real, settings.dataRoot)
  const report: Context['report'] = (progress) =>
    context.report(
      progress.kind === 'note'
        ? { ...progress, text: `${environment.service}: ${progress.text}` }
        : { ...progress, step: `${environment.service}: ${progress.step}` },
    )
  return { context: { ...context, environment, settings, report }, variant: await requireRecognised(environment) }
}

/** What a person chooses for the environment of one checkout, and not for this machine. */
const CHOICES = ['DEVENV_WITH', 'DEVENV_PROGRAMS', 'DEVENV_PUBLISH', 'DEVENV_WITHOUT', 'DEVENV_DIGESTS']

/** The settings of a checkout beside this one: its own files and this shell, but for what was chosen for this one. */
function settingsBeside({ variables, filed, network }: Settings, checkout: string): Settings {
  const shell = Object.fromEntries(
    Object.entries(variables).filter(([name]) => !filed.includes(name) && !CHOICES.includes(name)),
  )
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
