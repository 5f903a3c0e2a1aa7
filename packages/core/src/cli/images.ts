import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type EnvironmentPackage, primaryOf } from '../definition/definition.js'
import { readExtension } from '../definition/extension.js'
import { type Lock, readLock } from '../definition/lock.js'
import { readDefinition } from '../definition/read-definition.js'
import type { Engine } from '../engine/engine.js'
import { prepareRegistryClient } from '../engine/registry/transport.js'
import { imageSettingsOf, type Settings } from '../environment/settings.js'
import { ensureCommits, resolveCommit } from '../git/repository.js'
import { carryOutImages, type ImagesPlan, planImages } from '../image/ensure-images.js'
import { type ImageSource, openCommits, readFolderImage, type ServiceImage, wantedOf } from '../image/image-source.js'
import { readKnownImages } from '../image/known-images.js'
import { referenceOf } from '../image/plan-image.js'
import { readImagePlan } from '../image/read-plan.js'
import { DevenvError } from '../problem/problem.js'
import type { Report } from '../progress/progress.js'
import { assembleBill } from '../publish/assemble-bill.js'
import { renderBill } from '../publish/bill.js'
import { type Asked, type Chosen, choosePublications } from '../publish/choose-publications.js'
import { type Prepared, preparePublication, publish, refuseStandIns } from '../publish/publish.js'
import { readUpstream, writeLock } from '../publish/update-lock.js'
import { folderTree } from '../tree/folder-tree.js'

/** What every command about images begins with. */
export type OpenedSource = {
  package: EnvironmentPackage
  /** Where it is there: releases are published without one. */
  checkout: string | undefined
  /** Where it was looked for. */
  looked: string
  settings: Settings
}

/** Which images are meant: those of releases, that of one commit, or that of the checkout as it is. */
export type Selection = { release?: string[]; ref?: string; pushed?: string; unreleased?: boolean }

type Selected = Chosen & { source: ServiceImage }
type SelectedFolder = { release: undefined; edition: undefined; commit: undefined; source: ServiceImage }

const sourceOf = ({ package: environmentPackage, settings }: OpenedSource, lock: Lock): ImageSource => {
  const { registry, mirror, locked } = imageSettingsOf(settings, lock)
  return { package: environmentPackage, registry, mirror, locked, variables: settings.variables }
}

/** Reads what is meant, hands it on, and lets go of what was opened for it. */
async function withSelected<T>(
  opened: OpenedSource,
  selection: Selection,
  otherwise: 'the-checkout' | 'all-releases',
  then: (selected: readonly (Selected | SelectedFolder)[]) => Promise<T>,
): Promise<T> {
  const lock = readLock(opened.package)
  const { repository: url, releases = {} } = readExtension(opened.package)
  const asked = await readAsked(opened, selection, otherwise === 'all-releases' && Object.keys(releases).length > 0)
  const source = sourceOf(opened, lock)
  if (asked === undefined) {
    const checkout = requireCheckout(opened, url)
    return await then([
      {
        release: undefined,
        edition: undefined,
        commit: undefined,
        source: await readFolderImage(source, checkout, folderTree(checkout)),
      },
    ])
  }
  const chosen = choosePublications(asked, releases, lock, opened.package)
  const { service } = opened.package
  const commits = [...new Set(chosen.map(({ commit }) => commit))]
  const repository = await ensureCommits({ checkout: opened.checkout, service, url }, commits, opened.settings.network)
  const images = openCommits(source, repository)
  try {
    return await then(await Promise.all(chosen.map(async (one) => ({ ...one, source: await images.read(one.commit) }))))
  } finally {
    images.close()
  }
}

async function readAsked(
  { checkout, package: { service } }: OpenedSource,
  { release, ref, pushed, unreleased }: Selection,
  releases: boolean,
): Promise<Asked | undefined> {
  const wants = [release, ref, pushed].filter((value) => value !== undefined)
  if (release !== undefined && wants.length > 1)
    throw new DevenvError({
      code: 'usage',
      detail: '--release names the commits itself; --ref and --pushed name one.',
      see: 'devenv publish --help',
    })
  const as = unreleased ? 'unreleased' : 'editions'
  if (release !== undefined) return { kind: 'releases', names: release, as }
  const named = ref ?? pushed
  if (named !== undefined) {
    const whole = /^[0-9a-f]{40}$/.test(named)
    if (checkout === undefined && !whole)
      throw new DevenvError({
        code: 'commit-unknown',
        commit: named,
        repository: service,
        detail: 'There is no checkout.',
      })
    const commit = checkout === undefined ? named : await resolveCommit(checkout, named).catch(orWhole(named, whole))
    return { kind: 'commit', commit, ref: pushed }
  }
  return releases ? { kind: 'releases', names: ['all'], as } : undefined
}

/** A commit that the checkout does not have may still be fetched. */
const orWhole = (name: string, whole: boolean) => (error: unknown) => {
  if (whole) return name
  throw error
}

function requireCheckout({ checkout, looked, package: { service } }: OpenedSource, url: string | undefined): string {
  if (checkout !== undefined) return checkout
  throw new DevenvError({ code: 'checkout-missing', service, looked, repository: url })
}

/** `devenv digest`. */
export const readDigests = (opened: OpenedSource, selection: Selection) =>
  withSelected(opened, selection, 'the-checkout', async (selected) =>
    selected.map(({ release, commit, source }) => {
      const { digest, inputs } = wantedOf(source.inputs)
      const { variant } = source.definition
      return {
        release,
        commit,
        variant,
        reference: referenceOf(wantedOf(source.inputs)),
        digest,
        inputs,
      }
    }),
  )

/** `devenv explain`: what a start would do about images. */
export const explainImages = (opened: OpenedSource, selection: Selection, engine: Engine): Promise<ImagesPlan[]> =>
  withSelected(opened, selection, 'the-checkout', async (selected) => {
    const settings = imageSettingsOf(opened.settings, readLock(opened.package))
    return await Promise.all(
      selected.map(({ source: { definition, inputs } }) => {
        const services = Object.keys(definition.project.services).filter((name) => name !== definition.primary)
        return planImages(engine, definition, inputs, services, settings)
      }),
    )
  })

/** `devenv image`: has each in the engine's store, and gives its reference. */
export const ensureOwnImages = (
  opened: OpenedSource,
  selection: Selection,
  engine: Engine,
  report: Report,
): Promise<string[]> =>
  withSelected(opened, selection, 'the-checkout', async (selected) => {
    const settings = imageSettingsOf(opened.settings, readLock(opened.package))
    const images = new Set(selected.map(({ source }) => primaryOf(source.definition).image ?? ''))
    const known = (await Promise.all([...images].map((image) => readKnownImages(engine, image)))).flat()
    // Several releases may ask for one image.
    const wanted = new Map(selected.map(({ source }) => [referenceOf(wantedOf(source.inputs)), source]))
    const references: string[] = []
    for (const { inputs, tree } of wanted.values()) {
      const own = await readImagePlan(engine, known, wantedOf(inputs), settings)
      await carryOutImages({ own, official: [] }, engine, inputs, settings, report, tree)
      references.push(own.reference)
    }
    return references
  })

export type PublishOptions = Selection & {
  dryRun?: boolean
  builder?: string
  platform?: string[]
  bill?: string
  digests?: string
}

/** `devenv publish`: gives the plan, and what is in the registry when it is done. */
export const publishImages = (
  opened: OpenedSource,
  options: PublishOptions,
  engine: Engine,
  report: Report,
): Promise<{ plan: Prepared['plan']; digests: Record<string, string>; bill: string }> => {
  prepareRegistryClient()
  return withSelected(opened, options, 'all-releases', async (selected) => {
    const found = imageSettingsOf(opened.settings, readLock(opened.package))
    const { registry } = found
    if (registry === undefined) throw new DevenvError({ code: 'registry-unset', doing: 'publish to' })
    const settings = { ...found, registry, builder: options.builder, platforms: options.platform }
    if (settings.network === 'offline')
      throw new DevenvError({
        code: 'usage',
        detail: 'Nothing can be published offline.',
        see: 'devenv publish --help',
      })
    await refuseStandIns(engine, selected, settings)
    const prepared = await preparePublication(selected, settings)
    for (const text of prepared.plan.notes) report({ kind: 'note', text })
    if (options.dryRun) return { plan: prepared.plan, digests: {}, bill: '' }
    await publish(prepared, engine, settings, report)
    const items = await assembleBill(prepared, settings.access)
    const bill = renderBill(`${opened.package.name} ${opened.package.version}`, items)
    const digests = Object.fromEntries(
      items.flatMap(({ reference, tags, image }) => [reference, ...tags].map((name) => [name, image.digest])),
    )
    if (options.bill !== undefined) appendFileSync(options.bill, `${bill}\n`)
    if (options.digests !== undefined) writeFileSync(options.digests, `${JSON.stringify(digests, null, 2)}\n`)
    return { plan: prepared.plan, digests, bill }
  })
}

/** `devenv lock`: what changed, and what was left alone. */
export async function updateLock({ package: environmentPackage, settings }: OpenedSource, mode: 'write' | 'look') {
  const before = readLock(environmentPackage)
  const { mirror, access } = imageSettingsOf(settings, before)
  const room = mkdtempSync(join(tmpdir(), 'devenv-lock-'))
  try {
    const variants = Object.keys(readExtension(environmentPackage).variants ?? {})
    const definitions = await Promise.all(
      (variants.length === 0 ? [undefined] : variants).map((variant) =>
        readDefinition({
          package: environmentPackage,
          checkout: room,
          variant,
          project: 'lock',
          mirror,
          variables: {},
          stores: join(room, 'stores'),
        }),
      ),
    )
    const update = await readUpstream(definitions, before, { mirror, access })
    if (mode === 'write') writeLock(environmentPackage, update.lock)
    return update
  } finally {
    rmSync(room, { recursive: true, force: true })
  }
}
