import { readPresence } from '../../checkout/read-presence.js'
import type { Definition } from '../../definition/definition.js'
import { oursOf } from '../../definition/definition.js'
import { findImage, listContainers, mayWrite } from '../../engine/containers.js'
import type { Engine } from '../../engine/engine.js'
import { COMPOSE_LABELS, LABELS } from '../../engine/labels.js'
import { DevenvError } from '../../problem/problem.js'
import type { Asking } from '../context.js'
import type { Store } from '../project/stores-of.js'
import type { Server } from './ledger.js'

/** A project whose checkout has moved here: it was at `checkout`. */
export type Moved = { project: string; checkout: string }

/**
 * Two environments never write one store at once. One whose checkout has moved here is ours: its containers go. One whose
 * checkout cannot be seen is somebody else's.
 * @param identity `device:inode` of the folder of stores
 * @throws DevenvError `store-in-use`
 */
export async function readMoved({ engine, environment }: Asking, identity: string): Promise<Moved[]> {
  const holders = await listContainers(engine, [`${LABELS.stores}=${identity}`])
  const moved = new Map<string, Moved>()
  for (const { labels, state } of holders) {
    const project = labels[COMPOSE_LABELS.project] ?? ''
    const checkout = labels[LABELS.checkout] ?? ''
    if (project === environment.project) continue
    if (readPresence(checkout, labels[LABELS.mountPoint]) === 'gone') moved.set(project, { project, checkout })
    else if (mayWrite({ state }))
      throw new DevenvError({ code: 'store-in-use', data: environment.paths.dataDirectory, holder: checkout })
  }
  return [...moved.values()]
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
