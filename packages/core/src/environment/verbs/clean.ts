import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { readPresence } from '../../checkout/read-presence.js'
import { type Container, listContainers, mayWrite } from '../../engine/containers.js'
import type { Engine } from '../../engine/engine.js'
import { COMPOSE_LABELS, LABELS } from '../../engine/labels.js'
import { removeProject } from '../../engine/remove-project.js'
import { runDocker } from '../../engine/run-docker.js'
import { DevenvError } from '../../problem/problem.js'
import { step } from '../../progress/progress.js'
import type { Asking, Context } from '../context.js'
import { isOwnFolder, isThere, requireOwnFolder, requireOwnPlace } from '../data/data-directory.js'
import { folderIdentity } from '../data/folder-identity.js'
import { storeData, storeFolder } from '../data/ledger.js'
import { isClaim, withLock } from '../data/mutex.js'
import { readRecord, readRecordedPlace } from '../data/record.js'
import { listRetired, readRemoval, removeEmpty, removeOwned, retire } from '../data/removal.js'
import type { Paths } from '../environment.js'
import { containersOf } from '../inside/containers-of.js'
import { isJoinable } from '../provision/run-step.js'

/**
 * Removes an environment: its containers, its network, and in the data directory what devenv created there.
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
  const { paths, project } = environment
  await requireOwnPlace(environment)
  for (const folder of [paths.home, paths.stores]) requireOwnFolder(folder)
  const known = listStores(paths)
  const isMeant = (name: string) => (store: string) => store === name || store.replace(/-[^-]*$/, '') === name
  const unknown = names.filter((name) => !known.some(isMeant(name)))
  if (unknown.length > 0) throw new DevenvError({ code: 'store-unknown', names: unknown, known })
  const stores = known.filter((store) => names.some((name) => isMeant(name)(store)))
  for (const store of stores) requireOwnFolder(storeData(paths, store))
  const work = async () => {
    await refuseForeignWriter(context)
    const image = (await containersOf(context))[0]?.imageId
    await tellOfStep(context)
    await step(report, 'containers', undefined, () => removeProject(engine, project))
    await step(report, 'data', stores.join(', '), async () => {
      const retired = stores.flatMap((store) => [retire(storeData(paths, store)), ...listRetired(paths, store)])
      const stubborn = removeOwned([...new Set(retired)])
      if (stubborn.length > 0) await removeAsRoot(engine, paths.home, stubborn, image)
    })
  }
  await withLock(context, work, 'is no obstacle')
  return stores
}

async function tellOfStep(context: Context): Promise<void> {
  const begun = readRecord(context.environment)?.begun
  if (begun !== undefined && (await isJoinable(context, begun)))
    context.report({ kind: 'note', text: `clean ends the provisioning step ${begun.step}, which is at work` })
}

const listStores = (paths: Paths): string[] =>
  isThere(paths.stores)
    ? readdirSync(paths.stores)
        .filter((store) => isOwnFolder(storeFolder(paths, store)) && isThere(storeData(paths, store)))
        .sort()
    : []

async function cleanLocked(context: Context): Promise<string[]> {
  const { engine, environment, report } = context
  const { paths, project } = environment
  await refuseForeignWriter(context)
  const containers = await containersOf(context)
  await tellOfStep(context)
  // Noted while they are there: an image by which root can remove what other users' servers wrote.
  const image = containers.map((container) => container.imageId)[0]
  await step(report, 'containers', undefined, () => removeProject(engine, project))
  const { remove, leave, folders } = readRemoval(paths)
  const sharers = readSharers(context)
  if (sharers.length > 0) {
    // What several environments use in turn goes with the last of them.
    report({ kind: 'note', text: `databases and logs stay, for another checkout shares them: ${sharers.join(', ')}` })
    removeOwned(remove.filter((path) => path === paths.record || path === paths.composeFile))
    return leave
  }
  await step(report, 'data', paths.home, async () => {
    const retired = remove.filter((path) => !isClaim(path)).map(retire)
    const stubborn = removeOwned(retired)
    if (stubborn.length > 0) await removeAsRoot(engine, paths.home, stubborn, image)
    for (const folder of folders) if (folder !== paths.home) removeEmpty(folder)
  })
  return leave
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

async function refuseForeignWriter({ engine, environment: { paths, project } }: Asking): Promise<void> {
  if (!existsSync(paths.stores)) return
  const holders = await listContainers(engine, [`${LABELS.stores}=${folderIdentity(paths.stores)}`])
  const other = holders.find(
    ({ labels, state }: Container) => labels[COMPOSE_LABELS.project] !== project && mayWrite({ state }),
  )
  if (other !== undefined)
    throw new DevenvError({
      code: 'store-in-use',
      data: paths.dataDirectory,
      holder: other.labels[LABELS.checkout] ?? other.name,
    })
}

/** Databases write as users of their own; root in a container may remove what they left, on this folder only. */
async function removeAsRoot(
  engine: Engine,
  home: string,
  paths: readonly string[],
  known: string | undefined,
): Promise<void> {
  const image = known ?? (await listContainers(engine, [LABELS.service]))[0]?.imageId ?? (await anyImage())
  const fail = (detail: string) => new DevenvError({ code: 'data-unusable', path: home, detail })
  if (image === undefined)
    throw fail('it contains files of other users, and no image of devenv is here that could remove them')
  const names = paths.map((path) => join('/devenv', path.slice(home.length)))
  const { exitCode, stderr } = await runDocker({
    args: [
      'run',
      '--rm',
      '--user',
      '0:0',
      '--network',
      'none',
      '--entrypoint',
      'rm',
      '--mount',
      `type=bind,"source=${home.replaceAll('"', '""')}",target=/devenv`,
      image,
      '-rf',
      '--',
      ...names,
    ],
    seconds: 900,
  })
  if (exitCode !== 0) throw fail(stderr.trim())
}

async function anyImage(): Promise<string | undefined> {
  const { stdout } = await runDocker({ args: ['images', '--quiet', '--filter', `label=${LABELS.digest}`], seconds: 60 })
  return stdout.split('\n')[0] || undefined
}
