import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { readPresence } from '../../checkout/read-presence.js'
import { removeProject } from '../../engine/remove-project.js'
import { DevenvError } from '../../problem/problem.js'
import { runCommand } from '../../process/run-command.js'
import { step } from '../../progress/progress.js'
import type { Asking, Context } from '../context.js'
import { endRestore, readRestoring } from '../data/aside.js'
import { containersHere, readMoved } from '../data/claim-stores.js'
import { isOwnFolder, isThere, requireOwnFolder, requireOwnPlace } from '../data/data-directory.js'
import { folderIdentity } from '../data/folder-identity.js'
import { storeData, storeFolder } from '../data/ledger.js'
import { isClaim, withLock } from '../data/mutex.js'
import { readRecord, readRecordedPlace, whileStopping } from '../data/record.js'
import { readRemoval, removeEmpty, removeOwned, retire } from '../data/removal.js'
import { emptyStores, removeAll, runAsRoot } from '../data/remove-as-root.js'
import { snapshotsOf } from '../data/snapshots.js'
import type { Paths } from '../environment.js'
import { isJoinable } from '../provision/run-step.js'
import { putBackAll } from '../start/carry-out-data.js'
import { reportOf } from '../start/open-member.js'

/**
 * Removes an environment: its containers, its network, and in the data directory what devenv created there; so the snapshots beside it.
 * @returns what was found in our folder and left, because it is not ours
 * @throws DevenvError `store-in-use` when another environment is writing the same stores, `data-unusable`
 */
export async function clean(context: Context): Promise<{ left: string[] }> {
  const { paths } = context.environment
  const work = () => cleanLocked(context)
  await requireOwnPlace(context.environment)
  const left = isOwnFolder(paths.home) ? await withLock(context, work, 'is no obstacle') : await work()
  // A start that waited for us has a claim in it by now, or makes it again.
  for (const folder of [paths.home, paths.dataDirectory]) removeEmpty(folder)
  return { left }
}

/**
 * Empties stores of an environment, by their names or those of their services, and removes its containers, which the next
 * start makes again; everything else stays.
 * @returns the stores that were emptied
 * @throws DevenvError `store-unknown`, `store-in-use`, `data-unusable`
 */
export async function cleanStores(context: Context, names: readonly string[]): Promise<string[]> {
  const { engine, environment, report } = context
  const { paths } = environment
  await requireOwnPlace(environment)
  for (const folder of [paths.home, paths.stores]) requireOwnFolder(folder)
  const stores = chooseStores(paths, names)
  for (const store of stores) requireOwnFolder(storeData(paths, store))
  const work = async () => {
    await readMoved(context)
    const image = await readImageHere(context)
    await tellOfStep(context)
    await removeContainersOf(context)
    if (readRestoring(paths) !== undefined) await putBackAll(context)
    await step(report, 'data', stores.join(', '), async () => {
      await emptyStores(engine, paths, stores, image)
    })
  }
  await withLock(context, work, 'is no obstacle')
  return stores
}

/** The data of a store. `bytes`: their size, where it can be told; `since`: when they were put there. */
export type StoreData = { store: string; bytes: number | undefined; since: Date }

/**
 * The databases that `clean` would remove, or those of these names. Looks, and changes nothing.
 * @throws DevenvError `store-unknown`, `store-in-use`
 */
export async function readDoomed(context: Context, names: readonly string[]): Promise<StoreData[]> {
  const { paths } = context.environment
  const removed =
    names.length > 0 ? chooseStores(paths, names) : readSharers(context).length > 0 ? [] : ownStores(paths)
  await readMoved(context)
  const folders = removed.map((store) => storeData(paths, store))
  const sizes = await readSizes(context, folders)
  const own = removed.map((store, index) => ({ store, bytes: sizes[index], since: dateOf(storeData(paths, store)) }))
  if (names.length > 0 || readSharers(context).length > 0) return own
  const beside = snapshotsOf(context.environment).map(async (environment) =>
    (await readDoomed({ ...context, environment }, [])).map((each) => ({
      ...each,
      store: `${each.store} of ${environment.service}`,
    })),
  )
  return [...own, ...(await Promise.all(beside)).flat()]
}

const ownStores = (paths: Paths): string[] => {
  const removed = readRemoval(paths).remove
  return listStores(paths).filter((store) => removed.includes(storeData(paths, store)))
}

const dateOf = (folder: string): Date => {
  const { birthtimeMs, mtimeMs } = statSync(folder)
  // Some file systems do not keep it.
  return new Date(birthtimeMs > 0 ? Math.min(birthtimeMs, mtimeMs) : mtimeMs)
}

/** In bytes, in the order of the folders; nothing where they cannot be read. */
async function readSizes(context: Context, folders: readonly string[]): Promise<number[]> {
  if (folders.length === 0) return []
  const { paths } = context.environment
  const ours = await runCommand({ argv: ['du', '-sk', '--', ...folders] })
  const measured =
    ours.exitCode === 0
      ? ours
      : await runAsRoot(context.engine, paths.home, folders, await readImageHere(context), ['du', '-sk'])
  return measured?.exitCode === 0
    ? measured.stdout
        .trim()
        .split('\n')
        .map((line) => 1024 * Number.parseInt(line, 10))
    : []
}

/** The stores of these names, or of services of these names. @throws DevenvError `store-unknown` */
function chooseStores(paths: Paths, names: readonly string[]): string[] {
  const known = listStores(paths)
  const isMeant = (name: string) => (store: string) => store === name || store.replace(/-[^-]*$/, '') === name
  const unknown = names.filter((name) => !known.some(isMeant(name)))
  if (unknown.length > 0) throw new DevenvError({ code: 'store-unknown', names: unknown, known })
  return known.filter((store) => names.some((name) => isMeant(name)(store)))
}

async function tellOfStep(context: Context): Promise<void> {
  const begun = readRecord(context.environment)?.begun
  if (begun !== undefined && (await isJoinable(context, begun)))
    context.report({ kind: 'note', text: `clean ends the provisioning step ${begun.step}, which is at work` })
}

/** Removes the containers and the network of an environment, also those of where its checkout was before, and notes that meanwhile. */
export const removeContainersOf = (context: Context): Promise<void> =>
  step(context.report, 'containers', undefined, async () => {
    const { engine, environment } = context
    const moved = await readMoved(context)
    await whileStopping(environment, readRecord(environment), async () => {
      for (const { project } of [environment, ...moved]) await removeProject(engine, project)
    })
  })

/** Looked for while containers are there: an image by which root can remove what other users' servers wrote. */
async function readImageHere(context: Context): Promise<string | undefined> {
  const { own, moved } = await containersHere(context)
  return [...own, ...moved][0]?.imageId
}

const listStores = (paths: Paths): string[] =>
  isThere(paths.stores)
    ? readdirSync(paths.stores)
        .filter((store) => isOwnFolder(storeFolder(paths, store)) && isThere(storeData(paths, store)))
        .sort()
    : []

async function cleanLocked(context: Context): Promise<string[]> {
  const { engine, environment, report } = context
  const { paths } = environment
  await readMoved(context)
  await tellOfStep(context)
  const image = await readImageHere(context)
  await removeContainersOf(context)
  const { remove, leave, folders } = readRemoval(paths)
  const sharers = readSharers(context)
  if (sharers.length > 0) {
    // What several environments use in turn goes with the last of them.
    report({ kind: 'note', text: `databases and logs stay, for another checkout shares them: ${sharers.join(', ')}` })
    removeOwned(remove.filter((path) => path === paths.record || path === paths.composeFile))
    return leave
  }
  for (const each of snapshotsOf(environment)) leave.push(...(await cleanSnapshot({ ...context, environment: each })))
  removeEmpty(paths.snapshots)
  await step(report, 'data', paths.home, async () => {
    // First: what a restore has set aside must not come back in parts.
    endRestore(paths)
    const retired = remove.filter((path) => !isClaim(path)).map(retire)
    await removeAll(engine, paths.home, retired, image)
    for (const folder of folders) if (folder !== paths.home) removeEmpty(folder)
  })
  return leave
}

/** All that lies in the folder of a snapshot is ours, but for what a person kept of its data. */
async function cleanSnapshot(context: Context): Promise<string[]> {
  const { checkout, service } = context.environment
  const { left } = await clean({ ...context, report: reportOf(context, service) })
  removeOwned(readdirSync(checkout).flatMap((name) => (name === '.dev' ? [] : [join(checkout, name)])))
  removeEmpty(checkout)
  return left
}

/** The other checkouts, unless they are gone, whose environments have their record in this data directory. */
function readSharers({ environment }: Asking): string[] {
  const { paths } = environment
  const records = existsSync(paths.home)
    ? readdirSync(paths.home).filter((name) => /^devenv-.*(?<!\.compose)\.json$/.test(name))
    : []
  return records.flatMap((name) => {
    const file = join(paths.home, name)
    if (file === paths.record) return []
    const place = readRecordedPlace(file)
    if (place === undefined) return [`${file} (cannot be read)`]
    const { checkout, mountPoint } = place
    // A record may also be that of the checkout that this one was copied from: then that one has a folder of its own.
    const own = paths.home.startsWith(`${environment.checkout}/`) ? join(checkout, '.dev', 'devenv') : undefined
    const presence = readPresence(own ?? checkout, mountPoint)
    if (presence === 'unknown') return [`${checkout} (cannot be seen)`]
    const shares = own === undefined || folderIdentity(own) === folderIdentity(paths.home)
    return presence === 'there' && shares ? [checkout] : []
  })
}
