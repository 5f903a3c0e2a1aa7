import { existsSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { readMountPoint } from '../../checkout/read-presence.js'
import { CORE_DIRECTORY } from '../../definition/core-directory.js'
import { readProgramNames } from '../../definition/declared-programs.js'
import { type Definition, mountOf, oursOf, thirdPartyOf, withoutMounts } from '../../definition/definition.js'
import { LOCK_FILE, readLock } from '../../definition/devenv-lock.js'
import { leaveOut } from '../../definition/leave-out.js'
import { listDefinitionFiles, readDefinition, readVariableNames } from '../../definition/read-definition.js'
import type { Container } from '../../engine/containers.js'
import type { Engine } from '../../engine/engine.js'
import { readBranch } from '../../git/git-repository.js'
import { sha256Of } from '../../hash/sha256.js'
import { type ImageSettings, type ImagesPlan, readImagesPlan, takeServices } from '../../image/ensure-images.js'
import { readSnapshotImage } from '../../image/have-snapshot.js'
import type { ImageInputs } from '../../image/image-inputs.js'
import { imageSettingsOf } from '../../image/image-settings.js'
import { buildSpecOf } from '../../image/read-image-inputs.js'
import { readInstalled } from '../../image/read-installed.js'
import { requireHosts } from '../../image/require-hosts.js'
import { readMtu } from '../../machine/read-mtu.js'
import { requireSpace } from '../../machine/require-space.js'
import { readTextFile } from '../../problem/read-text-file.js'
import { together } from '../../problem/together.js'
import { type Remembered, registryOf, remember, type Settings, variablesOf } from '../../settings/settings.js'
import { folderTree } from '../../tree/folder-tree.js'
import type { Context, OnCommands } from '../context.js'
import { readRestoring } from '../data/aside.js'
import { type Moved, readMoved, readServer } from '../data/claim-stores.js'
import { readOwned, requireOwnFolder } from '../data/data-directory.js'
import { folderIdentity, readMounted } from '../data/folder-identity.js'
import { readKnownInstalled, writeKnownInstalled } from '../data/known-installed.js'
import { hasData, type Ledger, readLedger, type Server, storeData, storeFolder } from '../data/ledger.js'
import { findPublishedSeeds, type PublishedSeeds, seedsBeside } from '../data/published-seeds.js'
import { type Begun, readRecord, type Stamps, type StartRecord, stampsOf } from '../data/record.js'
import { listSaves, type Save } from '../data/saves.js'
import { listSeeds, type Seed } from '../data/seeds.js'
import { placeOf } from '../data/snapshots.js'
import type { Environment, Paths } from '../environment.js'
import { containersOf } from '../inside/containers-of.js'
import { type RunningCommands, readCommands } from '../inside/read-commands.js'
import { type Ports, requirePublishable, wantedPorts } from '../project/addresses.js'
import { assignPorts } from '../project/assign-ports.js'
import type { Library } from '../project/libraries.js'
import { type Neighbour, sharedNetwork, withNeighbours } from '../project/neighbours.js'
import { type GitPlaces, readGitPlaces } from '../project/read-git-places.js'
import { type Store, storesOf } from '../project/stores-of.js'
import type { MatchedFiles } from '../provision/hash-steps.js'
import { readMatchingFiles } from '../provision/read-matching-files.js'
import { isJoinable } from '../provision/run-step.js'
import { requirePrograms } from './choose-programs.js'
import { chooseSeed } from './choose-seed.js'
import type { Extent } from './find-running.js'
import { isUntold, mayBePublished, planDue, planWish } from './plan-data.js'
import { readAttachedFiles } from './read-attached-files.js'
import { type ObservedPackage, readPackages } from './read-packages.js'
import { readBakedInputs, readStampedInputs } from './read-stamped-inputs.js'
import { requireMounts } from './require-mounts.js'

/**
 * Ports that the engine could not bind although they looked free, and the folders of seeds that could not be used. `registry`: it named
 * a seed and did not give it, and is not asked again.
 */
export type Refused = { ports: ReadonlySet<number>; seeds: ReadonlySet<string>; registry: boolean }
export const NOTHING_REFUSED: Refused = { ports: new Set(), seeds: new Set(), registry: false }

/**
 * What a start is told beside what has to run. `again`: which provisioning steps somebody wants carried out again, whatever
 * their ledgers say; `commands`: whether those that run in a container are waited for before it is replaced.
 */
export type How = {
  again: 'none' | 'all' | readonly string[]
  commands: OnCommands
  /** What new stores are filled from, in the place of a seed. */
  data?: Save | undefined
  /** Nothing beside it is started. */
  alone?: true | undefined
  /** What runs beside it. Not set: as the last start was told. */
  neighbours?: readonly Neighbour[] | undefined
  /** What is installed in its primary container. Not set: as the last start was told. */
  libraries?: readonly Library[] | undefined
}

/**
 * A store, with what was done to it; nothing is known of one that is new. `half`: somebody was interrupted while he filled it.
 * `unrecorded`: it has data, and no ledger that can be read. `server`: who would write it, where the image tells.
 */
export type ObservedStore = {
  store: Store
  ledger: Ledger | undefined
  half: boolean
  unrecorded: boolean
  server: Server | undefined
}

/** Everything that a start looks at. What follows from it is `assemble`'s. */
export type Observed = {
  before: StartRecord | undefined
  /** In force: what is set, else what is remembered. */
  settings: Settings
  variables: Remembered['variables']
  definition: Definition
  extent: Extent
  inputs: ImageInputs
  sources: ImageSettings
  images: ImagesPlan
  official: { readonly [service: string]: string }
  containers: readonly Container[]
  commands: { readonly [container: string]: RunningCommands }
  ports: Ports
  /** Ports that an environment had, and somebody else has now. */
  lost: readonly { port: number; holder: string | undefined }[]
  /** The environment package and core. */
  packages: readonly ObservedPackage[]
  /** The environments that run beside it, and the networks that it shares with them. */
  neighbours: readonly Neighbour[]
  networks: readonly string[]
  libraries: readonly Library[]
  /** Glob to what it matches in them, where it matches anything. */
  attached: { readonly [glob: string]: MatchedFiles }
  /** Where each service of ours has the checkout, and what git needs beside it. */
  code: { readonly [service: string]: string }
  git: { readonly [service: string]: GitPlaces }
  authorities: string | undefined
  mtu: number | undefined
  /** Where the file system that the checkout is on is mounted. */
  mountPoint: string
  /** `device:inode` of the folder of stores; `''` before there is one. */
  storesIdentity: string
  /** Which folders the checkout and the libraries are; `''` where none is mounted. */
  mounted: string
  moved: readonly Moved[]
  stores: readonly ObservedStore[]
  /** The save whose restore somebody was interrupted in. */
  restoring: string | undefined
  /** What was saved here, and the branch that is checked out. */
  saves: readonly Save[]
  branch: string | undefined
  /** Ready data for those of them that are new, on this machine; and of a registry, where none of these is the exact one. */
  seeds: readonly Seed[]
  published: PublishedSeeds
  /** By service, the names of what its steps' globs match in its image; `undefined` while that is not here. */
  installed: { readonly [service: string]: readonly string[] | undefined }
  /** Glob to what it matches. */
  files: { readonly [glob: string]: MatchedFiles }
  begun: Begun | undefined
  /** Somebody was interrupted while he stopped the containers: the engine goes on with it. */
  stopping: boolean
  /** The Compose project of the last start, as it was rendered. */
  composed: string | undefined
  stamps: StartRecord['stamps']
}

/**
 * Looks, and changes nothing.
 * @param variant the shape of the checkout, where the package knows several
 * @param refused what looked good, and was not
 * @throws DevenvError with everything that a start cannot do anything about
 */
export async function observe(
  context: Context,
  variant: string | undefined,
  extent: Extent,
  { commands, data, neighbours: told, libraries: given }: Pick<How, 'commands' | 'data' | 'neighbours' | 'libraries'>,
  refused: Refused,
): Promise<Observed> {
  const { engine, environment } = context
  const { paths, checkout, code } = environment
  const before = readRecord(environment)
  const neighbours = told ?? toldBefore(before, context)
  const libraries = given ?? librariesBefore(before, context.settings)
  const beside = neighbours.map(({ service }) => service)
  const stamped = stampsOf(definitionPaths(context, variant, beside))
  const { settings, variables, definition: described } = await readForCheckout(context, variant, beside)
  // Read after its stamp.
  const authorities = settings.caBundle === undefined ? undefined : sha256Of(readTextFile(settings.caBundle))
  requireMounts(described, environment)
  const ours = oursOf(described)
  // Which programs the image of another service holds, only its container tells.
  if (ours.length === 1) requirePrograms(settings.programs ?? 'all', readProgramNames(described))

  const kept = storesOf(described, paths.stores)
  for (const { name } of kept)
    for (const folder of [storeFolder(paths, name), storeData(paths, name)]) requireOwnFolder(folder)
  const storesIdentity = folderIdentity(paths.stores)
  const services = servicesOf(described, extent)
  const lock = stampsOf([join(environment.package.directory, LOCK_FILE)])
  const sources = imageSettingsOf(settings, readLock(environment.package), () => engine)
  const spec = buildSpecOf(described, sources)
  const { inputs, stamps } =
    code.from === 'image' ? readBakedInputs(spec, environment) : await readStampedInputs(spec, sources)
  const containers = await containersOf(context)
  const readOwn = code.from === 'image' ? () => readSnapshotImage(engine, code) : undefined
  const planned = readImagesPlan(engine, described, inputs, services, sources, readOwn)
  const [images, { ports, moved: lost }] = await together(
    planned,
    assignPorts(
      environment,
      wantedPorts(described, settings.publish ?? []),
      before?.ports ?? {},
      containers,
      refused.ports,
    ),
    requireSpace(paths.home),
    planned.then(
      ({ own }) => requireHosts(own, { definition: described, inputs, tree: folderTree(checkout) }, sources),
      () => {},
    ),
  )
  const definition = withNeighbours(described, ports, neighbours)
  const stores = await readStores(
    engine,
    definition,
    kept.filter(({ service }) => services.includes(service)),
    images,
    paths,
  )
  const isNew =
    data === undefined &&
    settings.seeds === 'taken' &&
    stores.some(({ store, ledger }) => ledger === undefined && store.portable)
  const seeds = isNew ? listSeeds(environment.service).filter(({ folder }) => !refused.seeds.has(folder)) : []
  const { saves } = listSaves(paths)
  const places = Object.fromEntries(ours.map((name) => [name, codeFolderOf(definition, name, environment)]))
  const { files, stamps: provision } = await readStepFiles(checkout, definition)
  const attached = await readAttachedFiles(libraries, definition)
  const observed = {
    before,
    settings,
    variables,
    definition,
    extent,
    inputs,
    sources,
    images,
    official: await takeServices(engine, definition, images.official, sources),
    containers,
    commands: await readAllCommands(context, containers, commands),
    ports,
    lost,
    code: places,
    packages: await readPackages(environment.package, before?.packages),
    git: Object.fromEntries(Object.entries(places).map(([name, folder]) => [name, readGitPlaces(checkout, folder)])),
    neighbours,
    libraries,
    attached: attached.files,
    networks: neighbours.map(({ project }) => sharedNetwork(environment.project, project)),
    authorities,
    mtu: readMtu(),
    mountPoint: readMountPoint(checkout),
    storesIdentity,
    mounted: readMounted(environment, libraries),
    moved: await readMoved(context, storesIdentity),
    stores,
    restoring: data === undefined ? readRestoring(paths) : undefined,
    saves,
    branch: code.from === 'image' ? code.release : await readBranch(checkout),
    seeds,
    installed: await readAllInstalled(engine, definition, services, images, seeds, paths),
    files,
    composed: readOwned(paths.composeFile),
    stopping: before?.stopping === true,
    begun: before?.begun !== undefined && (await isJoinable(context, before.begun)) ? before.begun : undefined,
    stamps: { inputs: { ...stamps, ...lock }, definition: stamped, provision: { ...provision, ...attached.stamps } },
  }
  return {
    ...observed,
    published: await readPublished(environment.service, observed, {
      ...refused,
      registry: refused.registry || data !== undefined,
    }),
  }
}

/** What the files of the package and the checkout say, with what is set. Ports and addresses are not in it yet. */
export async function readForCheckout(
  { environment, settings: given }: Pick<Context, 'environment' | 'settings'>,
  variant: string | undefined,
  beside: readonly string[],
): Promise<Pick<Observed, 'settings' | 'variables' | 'definition'>> {
  const settings = remember(given, readRecord(environment)?.settings)
  const where = { ...environment, variant, beside }
  const variables = variablesOf(readVariableNames(where), settings)
  const whole = await readDefinition({
    ...where,
    mirror: settings.mirror,
    registry: registryOf(settings.registry),
    variables,
    stores: environment.paths.stores,
  })
  requirePublishable(whole, settings.publish ?? [])
  const definition = leaveOut(whole, settings.without ?? [])
  return {
    settings,
    variables,
    definition: environment.code.from === 'image' ? withoutMounts(definition, environment.checkout) : definition,
  }
}

/** Where a container of ours has the code: mounted there, else in its image. */
const codeFolderOf = (definition: Definition, service: string, { checkout, code }: Environment): string =>
  mountOf(definition, service, checkout) ?? (code.from === 'image' ? code.directory : '/')

/** What a registry has for new stores, where this machine does not have exactly that. */
async function readPublished(
  service: string,
  observed: Omit<Observed, 'published'>,
  refused: Refused,
): Promise<PublishedSeeds> {
  const none = { seeds: [], silent: undefined }
  if (refused.registry || !mayBePublished(observed) || isUntold(observed)) return none
  const { wish } = planWish(service, planDue(observed), observed)
  if (chooseSeed(wish, observed.seeds)?.kind === 'exact') return none
  const stores = Object.fromEntries(wish.stores.flatMap(({ name, server }) => (server ? [[name, server]] : [])))
  const name = seedsBeside(observed.inputs.spec.name)
  const { seeds, silent } = await findPublishedSeeds(name, { ...wish, service, stores }, observed.sources.access)
  const here = new Set([...refused.seeds, ...observed.seeds.map(({ folder }) => folder)])
  return { seeds: seeds.filter(({ folder }) => !here.has(folder)), silent }
}

/** The services that an extent has running, ours first. Pure. */
export const servicesOf = (definition: Definition, extent: Extent): string[] => {
  const wanted = extent.all ? Object.keys(definition.project.services) : [definition.primary, ...extent.needs]
  return [...oursOf(definition), ...thirdPartyOf(definition)].filter((name) => wanted.includes(name))
}

async function readStores(
  engine: Engine,
  definition: Definition,
  stores: readonly Store[],
  { official }: ImagesPlan,
  paths: Paths,
): Promise<ObservedStore[]> {
  const read = stores.map(async (store): Promise<ObservedStore> => {
    const ledger = readLedger(paths, store.name)
    const half = ledger?.loading !== undefined
    const unrecorded = ledger === undefined && hasData(paths, store.name)
    const reference = definition.project.services[store.service]?.image
    const image = official.find((each) => each.reference === reference)
    const server = image?.do === 'pull' ? undefined : await readServer(engine, definition, store, image?.taken)
    return { store, ledger: half ? undefined : ledger, half, unrecorded, server }
  })
  return await Promise.all(read)
}

/**
 * Of the services that are to run and whose steps depend on what their image has installed. What a seed of the same image tells, needs no
 * look; the image of a service that is not to run is not asked for, and may never be here.
 */
async function readAllInstalled(
  engine: Engine,
  { primary, provision, project }: Definition,
  running: readonly string[],
  { own }: ImagesPlan,
  seeds: readonly Seed[],
  paths: Paths,
): Promise<Observed['installed']> {
  const asking = provision.filter(({ service, when }) => when.installed.length > 0 && running.includes(service))
  const services = [...new Set(asking.map(({ service }) => service))]
  if (services.length === 0) return {}
  const known = readKnownInstalled(paths)
  const before = JSON.stringify(known)
  const read = services.map(async (service) => {
    const globs = provision.flatMap((step) => (step.service === service ? step.when.installed : []))
    const image = service === primary ? own.reference : (project.services[service]?.image ?? '')
    const told = seeds.find(({ description }) => service === primary && description.image === own.digest)
    return [service, told?.description.installed ?? (await readInstalled(engine, image, globs, known))] as const
  })
  const installed = Object.fromEntries(await Promise.all(read))
  if (JSON.stringify(known) !== before) writeKnownInstalled(paths, known)
  return installed
}

async function readAllCommands(
  { engine }: Context,
  containers: readonly Container[],
  attended: OnCommands,
): Promise<{ [container: string]: RunningCommands }> {
  const running = containers.filter(({ state }) => state === 'running')
  const read = running.map(async ({ id }) => [id, await readCommands(engine, id)] as const)
  return Object.fromEntries(
    (await Promise.all(read)).map(([id, commands]) => [
      id,
      attended === 'ended' ? { ...commands, attended: [] } : commands,
    ]),
  )
}

async function readStepFiles(
  checkout: string,
  { provision }: Definition,
): Promise<{ files: { [glob: string]: MatchedFiles }; stamps: Stamps }> {
  const files: { [glob: string]: MatchedFiles } = {}
  let stamps: Stamps = {}
  for (const glob of new Set(provision.flatMap(({ when }) => when.files))) {
    const matched = await readMatchingFiles(checkout, glob)
    files[glob] = matched
    // Of what two globs look at, the earlier stamp is that before both.
    stamps = { ...matched.stamps, ...stamps }
  }
  return { files, stamps }
}

/** The environments beside it that it was told of, but for those that it was parted from since. */
const toldBefore = (before: StartRecord | undefined, { environment, settings }: Context): readonly Neighbour[] => {
  const beside = (remember(settings, before?.settings).with ?? []).map((word) => placeOf(environment, word))
  return (before?.neighbours ?? []).filter(({ checkout }) => beside.includes(checkout))
}

/** The libraries that were attached to it, but for those that it was parted from since, or that are not there any more. */
const librariesBefore = (before: StartRecord | undefined, given: Settings): readonly Library[] => {
  const beside = remember(given, before?.settings).with ?? []
  return (before?.libraries ?? []).filter(({ checkout }) => beside.includes(checkout) && existsSync(checkout))
}

const definitionPaths = (
  { environment: { package: environmentPackage, checkout, paths }, settings: { caBundle } }: Context,
  variant: string | undefined,
  beside: readonly string[],
): Set<string> =>
  new Set([
    ...listDefinitionFiles({ package: environmentPackage, checkout, variant, beside }),
    join(environmentPackage.directory, 'package.json'),
    join(environmentPackage.directory, LOCK_FILE),
    // The folder tells of a file with a name that is not read.
    join(checkout, 'devenv'),
    join(checkout, 'devenv', 'compose.yaml'),
    join(checkout, '.git'),
    join(CORE_DIRECTORY, 'package.json'),
    paths.composeFile,
    // A link may stay while its target is replaced.
    ...(caBundle === undefined ? [] : [caBundle, realpathSync(caBundle)]),
  ])
