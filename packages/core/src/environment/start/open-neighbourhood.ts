import { asProblems } from '../../problem/file-problem.js'
import { DevenvError } from '../../problem/problem.js'
import type { Context } from '../context.js'
import { readRecord } from '../data/record.js'
import { placeOf, wordFor } from '../data/snapshots.js'
import type { Environment } from '../environment.js'
import { attachLibrary, forgetMoved, introduceSnapshots, requireDistinct, sortedSet } from './join-members.js'
import {
  type FoundLibrary,
  type Opening,
  openedAs,
  openNeighbour,
  openSnapshot,
  type UnreadSnapshot,
  wishesOf,
} from './open-member.js'
import type { Member } from './tell-neighbours.js'

/** Everything that a start concerns. `unread`: snapshots whose code is not here yet, where nobody was to have it. */
export type Neighbourhood = { members: Member[]; parted: Member[]; unread: readonly UnreadSnapshot[] }

/** A neighbourhood that is being opened. `named`: whom a person has named for this start; `parting`: whom this environment is parted from. */
type Opened = {
  context: Context
  opening: Opening
  named: readonly string[]
  parting: readonly string[]
  members: Map<string, Member>
  unread: UnreadSnapshot[]
}

/**
 * This environment, those beside it, those beside these, and so on, each with the libraries that it installs; last, those that it has just
 * been parted from. The environment of a library is among them only where it is this one, or was parted from it.
 * @throws DevenvError for this environment, and for what was named for this start; another that cannot be opened is told
 */
export async function openNeighbourhood(context: Context, opening: Opening): Promise<Neighbourhood> {
  const { environment } = context
  const wished = wishesOf(context)
  if (wished.includes(environment.checkout))
    throw new DevenvError({ code: 'neighbour-itself', checkout: environment.checkout })
  const before = placesOf(environment, readRecord(environment)?.settings.with)
  const opened: Opened = {
    context,
    opening,
    named: placesOf(environment, context.settings.with),
    parting: before.filter((place) => !wished.includes(place) && isCheckout(place, environment)),
    members: new Map([[environment.checkout, { ...(await openedAs(context)), with: wished }]]),
    unread: [],
  }
  // Each joining may open more: a Map goes on with what is added while it is gone through.
  for (const [checkout, member] of opened.members) await join(opened, checkout, member)
  const members = [...opened.members.values()]
  introduceSnapshots(members)
  for (const member of members) {
    forgetMoved(member, members)
    requireDistinct(member, members)
  }
  return { members, parted: await openParted(opened), unread: opened.unread }
}

const placesOf = (environment: Environment, words: readonly string[] | undefined): string[] =>
  (words ?? []).map((word) => placeOf(environment, word))

const isCheckout = (place: string, environment: Environment): boolean => wordFor(environment, place) === place

/** Opens whom a member wants beside itself, and has both know each other. */
async function join(opened: Opened, checkout: string, member: Member): Promise<void> {
  for (const other of member.with) {
    const found = await visit(opened, other, checkout)
    const library = found?.library
    if (library !== undefined) await orTell(opened, other, checkout, async () => attachLibrary(member, other, library))
    else if (found !== undefined && 'with' in found) found.with = sortedSet([...found.with, checkout])
  }
}

/** @param from who wants it beside itself; nobody wants one that is parted from */
const visit = (opened: Opened, place: string, from: string | undefined): Promise<Member | FoundLibrary | undefined> =>
  orTell(opened, place, from, async () => {
    const { members, context, opening, unread, parting } = opened
    const known = members.get(place)
    if (known !== undefined) return known
    const by = (from === undefined ? undefined : members.get(from)?.context) ?? context
    const found = isCheckout(place, by.environment)
      ? await openNeighbour(context, place)
      : await openSnapshot({ word: wordFor(by.environment, place), by }, opening)
    if ('plan' in found) {
      unread.push(found)
      return undefined
    }
    if ('member' in found) return found
    // Nobody runs beside a snapshot but who asks for it, and what else that one asks for.
    const isSnapshot = found.context.environment.code.from === 'image'
    const wishes = isSnapshot ? [] : wishesOf(found.context)
    const others = wishes.filter((each) => !(each === context.environment.checkout && parting.includes(place)))
    const member = { ...found, with: sortedSet(from === undefined ? others : [...others, from]) }
    members.set(place, member)
    return member
  })

/** What cannot be done for two of which nobody has named the one for the other now, is told. */
async function orTell<T>(
  { context: { environment, report }, named }: Opened,
  other: string,
  from: string | undefined,
  work: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await work()
  } catch (thrown) {
    const error = asProblems(thrown)
    const own = environment.checkout
    const given = (from === own && named.includes(other)) || (other === own && named.includes(from ?? ''))
    if (given || !(error instanceof DevenvError)) throw error
    const { whatOf } = await import('../../problem/explain-problem.js')
    report({ kind: 'note', text: `${whatOf(error)} devenv starts without it; WITH=none forgets it` })
    return undefined
  }
}

/** Those that this environment has just been parted from, and whom nobody else wants. */
async function openParted(opened: Opened): Promise<Member[]> {
  const parted: Member[] = []
  for (const checkout of opened.parting) {
    if (opened.members.has(checkout)) continue
    const found = await visit(opened, checkout, undefined)
    const member = found !== undefined && 'member' in found ? found.member : found
    if (member === undefined) continue
    if (member.library === undefined) await join(opened, checkout, member)
    parted.push(member)
  }
  return parted
}
