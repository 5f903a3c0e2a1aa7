import { readPresence } from '../../checkout/read-presence.js'
import type { Definition } from '../../definition/definition.js'
import { oursOf } from '../../definition/definition.js'
import { type Container, findImage, hasProcesses, listContainers } from '../../engine/containers.js'
import type { Engine } from '../../engine/engine.js'
import { COMPOSE_LABELS, LABELS } from '../../engine/labels.js'
import { DevenvError } from '../../problem/problem.js'
import type { Asking } from '../context.js'
import { containersOf } from '../inside/containers-of.js'
import type { Store } from '../project/stores-of.js'
import { folderIdentity } from './folder-identity.js'
import type { Server } from './ledger.js'

/** A project whose checkout has moved here: it was at `checkout`. */
export type Moved = { project: string; checkout: string }

/**
 * Two environments never write one store at once. One whose checkout has moved here is ours: its containers go. One whose
 * checkout cannot be seen is somebody else's.
 * @param identity `device:inode` of the folder of stores; `''` where there is none
 * @throws DevenvError `store-in-use`
 */
export async function readMoved(asking: Asking, identity = identityOf(asking)): Promise<Moved[]> {
  const { moved, writer } = await readHolders(asking, identity)
  if (writer !== undefined)
    throw new DevenvError({ code: 'store-in-use', data: asking.environment.paths.dataDirectory, holder: writer })
  return moved
}

/** The environment's containers, and those that it had where its checkout was before: they have its data. */
export async function containersHere(asking: Asking): Promise<{ own: Container[]; moved: Container[] }> {
  const { moved } = await readHolders(asking, identityOf(asking))
  const listed = moved.map(({ project }) => listContainers(asking.engine, [`${COMPOSE_LABELS.project}=${project}`]))
  return { own: await containersOf(asking), moved: (await Promise.all(listed)).flat() }
}

const identityOf = ({ environment: { paths } }: Asking): string => folderIdentity(paths.stores)

/** Who else has these stores: the projects whose checkout has moved here, and the checkout of one that writes them. */
async function readHolders(
  { engine, environment }: Asking,
  identity: string,
): Promise<{ moved: Moved[]; writer: string | undefined }> {
  const holders = identity === '' ? [] : await listContainers(engine, [`${LABELS.stores}=${identity}`])
  const moved = new Map<string, Moved>()
  let writer: string | undefined
  for (const { labels, state, name } of holders) {
    const project = labels[COMPOSE_LABELS.project] ?? ''
    const checkout = labels[LABELS.checkout] ?? name
    if (project === environment.project) continue
    if (readPresence(checkout, labels[LABELS.mountPoint]) === 'gone') moved.set(project, { project, checkout })
    else if (hasProcesses({ state })) writer ??= checkout
  }
  return { moved: [...moved.values()], writer }
}

/** The server that a store is written by. A stand-in counts as the server that it really is. */
export async function readServer(
  engine: Engine,
  definition: Definition,
  { service, version }: Store,
  image: string | undefined,
): Promise<Server> {
  // What an image of ours was built on tells nothing of the files that it keeps.
  const ours = oursOf(definition).includes(service)
  const found = ours || image === undefined ? undefined : await findImage(engine, image)
  const [, server, number] = /^(\S+)\s+(\d+(?:\.\d+)?)/.exec(found?.Config.Labels?.[LABELS.standInServer] ?? '') ?? []
  return server === undefined || number === undefined
    ? { server: service, version }
    : { server: `${server} (stand-in)`, version: number }
}
