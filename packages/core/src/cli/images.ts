import { appendFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { primaryOf } from '../definition/definition.js'
import { readLock } from '../definition/devenv-lock.js'
import { readVariants } from '../definition/read-definition.js'
import { type Engine, engineFrom } from '../engine/engine.js'
import { carryOutImages, type ImagesPlan, readImagesPlan } from '../image/ensure-images.js'
import { imageSettingsOf } from '../image/image-settings.js'
import { wantedOf } from '../image/image-source.js'
import { readKnownImages } from '../image/known-images.js'
import { referenceOf } from '../image/plan-image.js'
import { readImagePlan } from '../image/read-plan.js'
import { type Rebuilds, rebuildsOf } from '../image/rebuilds.js'
import { requireHosts } from '../image/require-hosts.js'
import { DevenvError } from '../problem/problem.js'
import { requireWritableFile } from '../problem/require-writable-file.js'
import type { Report } from '../progress/progress.js'
import { assembleBill, readTagDigests } from '../publish/assemble-bill.js'
import { renderBill, renderBillPicture } from '../publish/bill.js'
import { carryOutPublication, type Prepared, preparePublication, refuseStandIns } from '../publish/publish.js'
import { type OpenedSource, type Selection, withSelected } from '../publish/select-images.js'
import { readUpstream, writeLock } from '../publish/update-lock.js'
import { prepareRegistryClient } from '../registry/transport.js'
import { withTemporaryFolder } from '../tree/temporary-folder.js'

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

/** `devenv explain --graph`. */
export const readRebuilds = (opened: OpenedSource, selection: Selection): Promise<Rebuilds[]> =>
  withSelected(opened, selection, 'the-checkout', async (selected) => selected.map(({ source }) => rebuildsOf(source)))

/** `devenv explain`: what a start would do about images. */
export const readImagePlans = (opened: OpenedSource, selection: Selection, engine: Engine): Promise<ImagesPlan[]> =>
  withSelected(opened, selection, 'the-checkout', async (selected) => {
    const settings = imageSettingsOf(opened.settings, readLock(opened.package), () => engine)
    return await Promise.all(
      selected.map(({ source: { definition, inputs } }) => {
        return readImagesPlan(engine, definition, inputs, Object.keys(definition.project.services), settings)
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
    const settings = imageSettingsOf(opened.settings, readLock(opened.package), () => engine)
    const images = new Set(selected.map(({ source }) => primaryOf(source.definition).image ?? ''))
    const known = (await Promise.all([...images].map((image) => readKnownImages(engine, image)))).flat()
    // Several releases may ask for one image.
    const wanted = new Map(selected.map(({ source }) => [referenceOf(wantedOf(source.inputs)), source]))
    const references: string[] = []
    for (const source of wanted.values()) {
      const { inputs, tree } = source
      const own = await readImagePlan(engine, known, wantedOf(inputs), settings)
      await requireHosts(own, source, settings)
      await carryOutImages({ own, official: [], published: [] }, engine, inputs, settings, report, tree)
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
  for (const option of ['bill', 'digests'] as const)
    if (options[option] !== undefined) requireWritableFile(options[option], `--${option}`)
  return withSelected(opened, options, 'all-releases', async (selected) => {
    const found = imageSettingsOf(opened.settings, readLock(opened.package), () => engine)
    const { registry } = found
    if (registry === undefined) throw new DevenvError({ code: 'registry-unset', doing: 'publish to' })
    const settings = { ...found, registry, builder: options.builder, platforms: options.platform }
    if (settings.network === 'offline') throw refusedOffline('publish')
    await refuseStandIns(engine, selected, settings)
    const prepared = await preparePublication(selected, settings)
    if (options.pushed !== undefined && selected.every(({ edition }) => edition === undefined))
      report({
        kind: 'note',
        text: `the package declares no release with the ref ${options.pushed}, so devenv publishes the image without a release’s tag`,
      })
    for (const text of prepared.plan.notes) report({ kind: 'note', text })
    if (options.dryRun) return { plan: prepared.plan, digests: {}, bill: '' }
    await carryOutPublication(prepared, engine, settings, report)
    const items = await assembleBill(prepared, settings.access)
    const bill = renderBill(`${opened.package.name} ${opened.package.version}`, items)
    const digests = await readTagDigests(items, prepared, settings.access)
    if (options.bill !== undefined) appendFileSync(options.bill, `${bill}\n${renderBillPicture(items)}`)
    if (options.digests !== undefined) writeFileSync(options.digests, `${JSON.stringify(digests, null, 2)}\n`)
    return { plan: prepared.plan, digests, bill }
  })
}

export const refusedOffline = (command: 'lock' | 'publish' | 'data publish') =>
  new DevenvError({
    code: 'usage',
    detail: `devenv ${command} cannot run offline: it has to ask a registry.`,
    see: 'Leave out --offline, and unset DEVENV_OFFLINE.',
  })

/** `devenv lock`: what changed, and what was left alone. */
export async function updateLock({ package: environmentPackage, settings }: OpenedSource, mode: 'write' | 'look') {
  const before = readLock(environmentPackage)
  const { mirror, registry, access, network } = imageSettingsOf(settings, before, () => engineFrom(process.env))
  if (network === 'offline') throw refusedOffline('lock')
  return await withTemporaryFolder('lock', async (room) => {
    const definitions = await readVariants({
      package: environmentPackage,
      checkout: room,
      project: 'lock',
      mirror,
      registry,
      variables: {},
      stores: join(room, 'stores'),
    })
    const update = await readUpstream(definitions, before, { mirror, access })
    if (mode === 'write') writeLock(environmentPackage, update.lock)
    return update
  })
}
