import type { EnvironmentPackage } from '../definition/definition.js'
import { type Lock, readLock } from '../definition/devenv-lock.js'
import { type Extension, readExtension, upstreamOf } from '../definition/extension.js'
import { resolveCommit } from '../git/git-repository.js'
import { ensureCode, isCommit } from '../git/upstream.js'
import { type ImageSource, openCommits, readFolderImage, type ServiceImage } from '../image/image-source.js'
import { DevenvError } from '../problem/problem.js'
import { registryOf, type Settings } from '../settings/settings.js'
import { folderTree } from '../tree/folder-tree.js'
import { type Asked, type ChosenPublication, choosePublications } from './choose-publications.js'

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

/** An image that is meant, with all that it is made from. */
export type Selected = ChosenPublication & { source: ServiceImage }
type SelectedFolder = { release: undefined; edition: undefined; commit: undefined; source: ServiceImage }

const sourceOf = ({ package: environmentPackage, settings }: OpenedSource, lock: Lock): ImageSource => ({
  package: environmentPackage,
  registry: registryOf(settings.registry),
  mirror: settings.mirror,
  locked: lock.images,
  variables: settings.variables,
})

/** Reads what is meant, hands it on, and lets go of what was opened for it. */
export async function withSelected<T>(
  opened: OpenedSource,
  selection: Selection,
  otherwise: 'the-checkout' | 'all-releases',
  then: (selected: readonly (Selected | SelectedFolder)[]) => Promise<T>,
): Promise<T> {
  const extension = readExtension(opened.package)
  const chosen = await chooseCommits(opened, selection, otherwise)
  const source = sourceOf(opened, readLock(opened.package))
  if (chosen === undefined) {
    const checkout = requireCheckout(opened, extension)
    return await then([
      {
        release: undefined,
        edition: undefined,
        commit: undefined,
        source: await readFolderImage(source, checkout, folderTree(checkout)),
      },
    ])
  }
  const { service } = opened.package
  const commits = [...new Set(chosen.map(({ commit }) => commit))]
  const upstream = upstreamOf(extension)
  const repository = await ensureCode(
    { checkout: opened.checkout, service, upstream },
    commits,
    opened.settings.network,
  )
  const images = openCommits(source, repository)
  try {
    return await then(await Promise.all(chosen.map(async (one) => ({ ...one, source: await images.read(one.commit) }))))
  } finally {
    images.close()
  }
}

/** The commits that are meant, each with the edition that it is; `undefined` for the checkout as it is. */
export async function chooseCommits(
  opened: OpenedSource,
  selection: Selection,
  otherwise: 'the-checkout' | 'all-releases',
): Promise<ChosenPublication[] | undefined> {
  const { releases = {} } = readExtension(opened.package)
  const asked = await readAsked(opened, selection, otherwise, Object.keys(releases))
  return asked && choosePublications(asked, releases, readLock(opened.package), opened.package)
}

async function readAsked(
  { checkout, package: { service } }: OpenedSource,
  { release, ref, pushed, unreleased }: Selection,
  otherwise: 'the-checkout' | 'all-releases',
  declared: readonly string[],
): Promise<Asked | undefined> {
  const wants = [release, ref, pushed].filter((value) => value !== undefined)
  if (release !== undefined && wants.length > 1)
    throw new DevenvError({
      code: 'usage',
      detail: '--release cannot go with --ref or --pushed: each of them names the commits.',
      see: 'devenv publish --help',
    })
  const as = unreleased ? 'unreleased' : 'editions'
  const all = release?.every((name) => name === 'all') ?? otherwise === 'all-releases'
  // All releases of a package that declares none: its checkout.
  if (release !== undefined && !(all && declared.length === 0)) return { kind: 'releases', names: release, as }
  const named = ref ?? pushed
  if (named !== undefined) {
    const whole = isCommit(named)
    if (checkout === undefined && !whole)
      throw new DevenvError({
        code: 'commit-unknown',
        commit: named,
        repository: service,
        detail: 'There is no checkout.',
      })
    const commit = checkout === undefined ? named : await resolveCommit(checkout, named).catch(orWhole(named, whole))
    return { kind: 'commit', commit, ref: pushed, as }
  }
  return all && declared.length > 0 ? { kind: 'releases', names: ['all'], as } : undefined
}

/** A commit that the checkout does not have may still be fetched. */
const orWhole = (name: string, whole: boolean) => (error: unknown) => {
  if (whole) return name
  throw error
}

function requireCheckout(
  { checkout, looked, package: { service } }: OpenedSource,
  { repository, parts }: Pick<Extension, 'repository' | 'parts'>,
): string {
  if (checkout !== undefined) return checkout
  if (parts !== undefined) throw new DevenvError({ code: 'checkout-none', service })
  throw new DevenvError({ code: 'checkout-missing', service, looked, repository })
}
