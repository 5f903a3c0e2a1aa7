import { randomBytes } from 'node:crypto'
import { existsSync, readdirSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { installPackage, lacksPackage } from '../../checkout/install-package.js'
import type { Definition, EnvironmentPackage } from '../../definition/definition.js'
import { readExtension } from '../../definition/extension.js'
import { FOLDER_IN_CHECKOUT, findPackage, readPackage } from '../../definition/find-package.js'
import { CORE_DIRECTORY } from '../../definition/read-definition.js'
import { recognise } from '../../definition/recognise.js'
import { DevenvError, tellsOf } from '../../problem/problem.js'
import { step } from '../../progress/progress.js'
import { remember, type Settings, settingsFrom } from '../../settings/settings.js'
import { readSettingsFiles } from '../../settings/settings-files.js'
import { folderTree } from '../../tree/folder-tree.js'
import type { Context } from '../context.js'
import { readRecord } from '../data/record.js'
import { identify } from '../environment.js'
import { requireFolder, requireRecognised } from '../open-environment.js'
import type { Ports } from '../project/addresses.js'
import { type AskedTarget, type Neighbour, sharedNetwork, tell } from '../project/neighbours.js'

/** One of the environments that run beside each other, and the checkouts of those that it is told of. */
export type Member = { context: Context; variant: string | undefined; with: readonly string[] }

/** What is known of a member once its ports are assigned. */
export type Placed = Member & { definition: Definition; ports: Ports }

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
  const visit = async (checkout: string, from: string): Promise<Member | undefined> => {
    const known = opened.get(checkout)
    if (known !== undefined) return known
    try {
      const found = await openMember(context, checkout)
      const others = wishesOf(found.context).filter((each) => !(each === own && parting.includes(checkout)))
      const member = { ...found, with: sortedSet(from === '' ? others : [...others, from]) }
      opened.set(checkout, member)
      return member
    } catch (error) {
      const given = from === own && settings.with?.includes(checkout)
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
  for (const member of members) requireDistinct(member, members)
  const parted: Member[] = []
  for (const checkout of parting) {
    if (opened.has(checkout)) continue
    const member = await visit(checkout, '')
    if (member !== undefined) parted.push(member)
  }
  return { members, parted }
}

const sortedSet = (paths: readonly string[]): string[] => [...new Set(paths)].sort()

/** The checkouts that an environment wants beside it, by their real paths where they are there. */
const wishesOf = ({ environment, settings }: Pick<Context, 'environment' | 'settings'>): string[] =>
  sortedSet(
    (remember(settings, readRecord(environment)?.settings).with ?? []).map((path) =>
      existsSync(path) ? realpathSync(path) : path,
    ),
  )

async function openMember(context: Context, checkout: string): Promise<Omit<Member, 'with'>> {
  const real = requireFolder(checkout, 'a service')
  if (lacksPackage(real))
    await step(context.report, 'npm ci', `${real} does not have its package yet`, () => installPackage(real))
  const found = await findNeighbourPackage(real)
  const settings = settingsBeside(context.settings, real)
  const environment = identify(found, real, settings.dataRoot)
  const report: Context['report'] = (progress) =>
    context.report(
      progress.kind === 'note'
        ? { ...progress, text: `${found.service}: ${progress.text}` }
        : { ...progress, step: `${found.service}: ${progress.step}` },
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

/**
 * The package that a checkout names, else the one that fits it among those that npm has installed beside core, as in this repository.
 * @throws DevenvError `neighbour-unknown`
 */
async function findNeighbourPackage(checkout: string): Promise<EnvironmentPackage> {
  if (existsSync(join(checkout, FOLDER_IN_CHECKOUT, 'package.json'))) return findPackage(checkout)
  const beside = findScope(CORE_DIRECTORY)
  const folders = beside === undefined ? [] : readdirSync(beside).map((name) => join(beside, name))
  const packages = folders.filter((folder) => existsSync(join(folder, 'compose.yaml'))).map(readPackage)
  const fitting: EnvironmentPackage[] = []
  for (const found of packages) if (await fits(found, checkout)) fitting.push(found)
  if (fitting.length === 1 && fitting[0] !== undefined) return fitting[0]
  const names = fitting.map(({ name }) => name)
  throw new DevenvError({ code: 'neighbour-unknown', checkout, beside, fitting: names })
}

/** The folder of the packages called @devenv/…, for a module in `directory`. */
function findScope(directory: string): string | undefined {
  const scope = join(directory, 'node_modules', '@devenv')
  if (existsSync(scope)) return scope
  return dirname(directory) === directory ? undefined : findScope(dirname(directory))
}

async function fits(found: EnvironmentPackage, checkout: string): Promise<boolean> {
  try {
    const extension = readExtension(found)
    const marks = [...(extension['recognised-by'] ?? []), ...Object.keys(extension.variants ?? {})]
    if (marks.length === 0) return false
    await recognise(found, extension, folderTree(checkout))
    return true
  } catch (error) {
    if (tellsOf(error, 'checkout-unrecognised', 'variant-unknown', 'definition-unreadable')) return false
    throw error
  }
}

/** @throws DevenvError `neighbours-alike`: they are reached by the names of their services */
function requireDistinct({ context, with: beside }: Member, members: readonly Member[]): void {
  const { service } = context.environment
  const others = members.filter(({ context: { environment } }) => beside.includes(environment.checkout))
  const all = others.map(({ context: { environment } }) => environment)
  for (const { service: of } of all) {
    const checkouts = all.filter((each) => each.service === of).map(({ checkout }) => checkout)
    if (of === service)
      throw new DevenvError({
        code: 'neighbours-alike',
        service,
        of,
        checkouts: [context.environment.checkout, ...checkouts],
      })
    if (checkouts.length > 1) throw new DevenvError({ code: 'neighbours-alike', service, of, checkouts })
  }
}

/** What a member is told of those beside it; of one that could not be placed, what it was told before. */
export function neighboursOf(member: Member, placed: readonly Placed[], secrets: Map<string, string>): Neighbour[] {
  const { environment } = member.context
  const before = readRecord(environment)?.neighbours ?? []
  const neighbours = member.with.flatMap((checkout): Neighbour[] => {
    const known = before.find((each) => each.checkout === checkout)
    const other = placed.find(({ context }) => context.environment.checkout === checkout)
    if (other === undefined) return known === undefined ? [] : [known]
    const { service, project } = other.context.environment
    const theirs = readRecord(other.context.environment)?.neighbours.find(
      (each) => each.checkout === environment.checkout,
    )
    const network = sharedNetwork(environment.project, project)
    const secret = secrets.get(network) ?? known?.secret ?? theirs?.secret ?? randomBytes(16).toString('hex')
    secrets.set(network, secret)
    return [{ service, checkout, project, ...primaryOf(other), secret, asks: [] }]
  })
  return neighbours.sort((a, b) => (a.service < b.service ? -1 : 1))
}

const primaryOf = ({ definition, ports }: Placed): Pick<Neighbour, 'ports' | 'address'> => ({
  ports: ports[definition.primary] ?? {},
  address: definition.project.services[definition.primary]?.ports?.[0]?.target,
})

/** What `by` asks of a service, with the addresses as `by` is told them. Pure. */
export const asksOf = (by: Placed, of: string, told: readonly Neighbour[]): AskedTarget[] =>
  tell(by.definition, by.ports, told)
    .asks.filter((ask) => ask.of === of)
    .map(({ name, target, variables }) => ({ name, target, variables }))

/** Those that others ask come first; between equals, this environment last. Pure. */
export function startOrder(placed: readonly Placed[], own: string): Placed[] {
  const left = [...placed].sort((a, b) => Number(isOwn(a, own)) - Number(isOwn(b, own)))
  const ordered: Placed[] = []
  while (left.length > 0) {
    const services = new Set(left.map(({ context }) => context.environment.service))
    const free = left.findIndex(
      ({ context, definition }) =>
        !definition.asks.some(({ of }) => of !== context.environment.service && services.has(of)),
    )
    ordered.push(...left.splice(Math.max(free, 0), 1))
  }
  return ordered
}

const isOwn = ({ context }: Placed, own: string): boolean => context.environment.checkout === own
