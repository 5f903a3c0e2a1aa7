import { basename, dirname } from 'node:path'
import type { LibraryKind } from '../../definition/definition.js'
import { DevenvError } from '../../problem/problem.js'
import { readRecord } from '../data/record.js'
import { requireMountable } from '../require-mountable.js'
import { isToldOf, type Member } from './tell-neighbours.js'

/** Each path once, in one order. Pure. */
export const sortedSet = (paths: readonly string[]): string[] => [...new Set(paths)].sort()

/**
 * Has a service install a library.
 * @throws DevenvError `library-refused`, `libraries-alike`, `checkout-unmountable`
 */
export function attachLibrary(member: Member, checkout: string, kind: LibraryKind): void {
  if (member.libraries.some((each) => each.checkout === checkout)) return
  const { service } = member.context.environment
  if (member.accepts !== kind) throw new DevenvError({ code: 'library-refused', checkout, service, kind })
  requireMountable(checkout)
  const name = basename(checkout)
  const alike = member.libraries.filter((each) => each.name === name).map((each) => each.checkout)
  if (alike.length > 0) throw new DevenvError({ code: 'libraries-alike', service, checkouts: [...alike, checkout] })
  member.libraries = [...member.libraries, { name, checkout }]
}

/** Has the snapshots that one checkout has asked for run beside each other as well: nobody else could name them. */
export function introduceSnapshots(members: readonly Member[]): void {
  const snapshots = members.filter(({ context }) => context.environment.code.from === 'image')
  for (const member of snapshots) {
    const own = member.context.environment.checkout
    const places = snapshots.map(({ context }) => context.environment.checkout)
    const others = places.filter((place) => place !== own && dirname(place) === dirname(own))
    member.with = sortedSet([...member.with, ...others])
  }
}

/** Forgets a checkout that cannot be opened, where another of its service runs beside a member: it is that one now. */
export function forgetMoved(member: Member, members: readonly Member[]): void {
  const opened = members.map(({ context: { environment } }) => environment)
  const services = opened.filter(({ checkout }) => member.with.includes(checkout)).map(({ service }) => service)
  const told = readRecord(member.context.environment)?.neighbours ?? []
  member.with = member.with.filter(
    (path) =>
      opened.some(({ checkout }) => checkout === path) ||
      !told.some(({ checkout, service }) => checkout === path && services.includes(service)),
  )
}

/** @throws DevenvError `neighbours-alike`: they are reached by the names of their services */
export function requireDistinct(member: Member, members: readonly Member[]): void {
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
