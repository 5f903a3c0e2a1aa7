import {
  type Container,
  hasProcesses,
  listContainers,
  removeContainer,
  STOP_SECONDS,
  stopContainer,
} from './containers.js'
import { ask, type Engine } from './engine.js'
import { COMPOSE_LABELS } from './labels.js'
import { listNetworks, removeUnusedNetworks } from './networks.js'

/**
 * Stops and removes a project's containers, its volumes and its networks, found by their labels:
 * also where some of it was removed by hand, which `docker compose down` without a file trips over.
 */
export async function removeProject(engine: Engine, project: string, seconds = STOP_SECONDS): Promise<void> {
  const label = `${COMPOSE_LABELS.project}=${project}`
  await removeContainers(engine, await listContainers(engine, [label]), seconds)
  const filters = JSON.stringify({ label: [label] })
  const { Volumes } = await ask<{ Volumes: { Name: string }[] | null }>(engine, {
    path: '/volumes',
    query: { filters },
  })
  for (const { Name } of Volumes ?? [])
    await ask(engine, { method: 'DELETE', path: `/volumes/${Name}` }).catch(unlessGone)
  for (const { id } of await listNetworks(engine, [label]))
    await ask(engine, { method: 'DELETE', path: `/networks/${id}` }).catch(unlessGone)
  await removeUnusedNetworks(engine)
}

/** Stops and removes containers, with their anonymous volumes. */
export async function removeContainers(
  engine: Engine,
  containers: readonly Pick<Container, 'id' | 'state'>[],
  seconds = STOP_SECONDS,
): Promise<void> {
  await Promise.all(
    containers.map(async ({ id, state }) => {
      if (hasProcesses({ state })) await stopContainer(engine, id, seconds).catch(unlessGone)
      await removeContainer(engine, id).catch(unlessGone)
    }),
  )
}

/** Somebody else was quicker: gone, or being removed. */
const unlessGone = (error: { status?: number }): void => {
  if (error.status !== 404 && error.status !== 409) throw error
}
