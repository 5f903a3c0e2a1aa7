import { existsSync } from 'node:fs'
import { type Definition, oursOf } from '../definition/definition.js'
import { findImage, listContainers, mayWrite } from '../engine/containers.js'
import type { Engine } from '../engine/engine.js'
import { LABELS } from '../engine/labels.js'
import { removeProject } from '../engine/remove-project.js'
import { DevenvError } from '../problem/problem.js'
import type { Report } from '../progress/progress.js'
import { openStore, type StoreRecord } from './data-directory.js'
import type { Environment } from './identity.js'
import { storesOf } from './plan-project.js'

/**
 * Two environments never write one store at once. One whose checkout has moved here is ours: its containers go.
 * @throws DevenvError `store-in-use`
 */
export async function claimStores(
  engine: Engine,
  environment: Environment,
  identity: string,
  report: Report,
): Promise<void> {
  const holders = await listContainers(engine, [`${LABELS.stores}=${identity}`])
  for (const { labels, state } of holders) {
    const project = labels['com.docker.compose.project'] ?? ''
    const checkout = labels[LABELS.checkout] ?? ''
    if (project === environment.project) continue
    if (!existsSync(checkout)) {
      report({
        kind: 'note',
        text: `this checkout has moved from ${checkout}; devenv removes the containers of its old path`,
      })
      await removeProject(engine, project)
      return
    }
    if (mayWrite({ state })) {
      throw new DevenvError({ code: 'store-in-use', data: environment.paths.dataDirectory, holder: checkout })
    }
  }
}

/** Every store that will be mounted, made or checked; by service. A stand-in counts as the server that it really is. */
export async function openStores(
  engine: Engine,
  environment: Environment,
  definition: Definition,
  services: readonly string[],
): Promise<{ [service: string]: StoreRecord }> {
  const opened: { [service: string]: StoreRecord } = {}
  const ours = oursOf(definition)
  for (const { service, name, version } of storesOf(definition, environment.paths.stores)) {
    if (!services.includes(service)) continue
    const image = definition.project.services[service]?.image
    // What an image of ours was built on tells nothing of the files that it keeps.
    const found = ours.includes(service) || image === undefined ? undefined : await findImage(engine, image)
    const [, server, number] = /^(\S+)\s+(\d+(?:\.\d+)?)/.exec(found?.Config.Labels?.[LABELS.standInServer] ?? '') ?? []
    opened[service] = openStore(
      environment,
      name,
      server === undefined || number === undefined
        ? { server: service, version }
        : { server: `${server} (stand-in)`, version: number },
    )
  }
  return opened
}
