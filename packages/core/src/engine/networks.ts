import { listContainers } from './containers.js'
import { ask, type Engine } from './engine.js'
import { COMPOSE_LABELS, LABELS } from './labels.js'

export type Network = { id: string; name: string; labels: Readonly<Record<string, string>> }

type Listed = { Id: string; Name: string; Labels: Record<string, string> | null }

/** The networks that carry all of `labels`: `key=value`, or `key` alone. */
export async function listNetworks(engine: Engine, labels: readonly string[]): Promise<Network[]> {
  const filters = JSON.stringify({ label: labels })
  const listed = await ask<Listed[]>(engine, { path: '/networks', query: { filters } })
  return listed.map(({ Id, Name, Labels }) => ({ id: Id, name: Name, labels: Labels ?? {} }))
}

/** A network that no Compose project owns. `mtu`: where it is less than Docker's 1500. One that is there is what is wanted. */
export async function createNetwork(engine: Engine, name: string, mtu: number | undefined): Promise<void> {
  const Options = mtu === undefined ? {} : { 'com.docker.network.driver.mtu': String(mtu) }
  const body = { Name: name, CheckDuplicate: true, Labels: { [LABELS.shared]: '' }, Options }
  await ask(engine, { method: 'POST', path: '/networks/create', body }).catch(unlessStatus(409))
}

/** Removes the networks that two environments share, and that no container is on any more. */
export const removeUnusedNetworks = (engine: Engine): Promise<void> => removeNetworks(engine, [LABELS.shared])

/**
 * Removes the networks of environments that have no container: a command was killed, or somebody removed the containers by
 * hand. An environment whose containers are about to be made looks like that, too: its start makes its network again.
 * @returns how many
 */
export async function removeEmptyNetworks(engine: Engine): Promise<number> {
  const networks = await listNetworks(engine, [LABELS.service])
  const used = new Set((await listContainers(engine, [])).map(({ labels }) => labels[COMPOSE_LABELS.project]))
  const empty = networks.filter(({ labels }) => !used.has(labels[COMPOSE_LABELS.project]))
  for (const { id } of empty) await removeNetwork(engine, id)
  return empty.length
}

/** Removes the networks that carry all of `labels`, but for those that a container is on. */
export async function removeNetworks(engine: Engine, labels: readonly string[]): Promise<void> {
  for (const { id } of await listNetworks(engine, labels)) await removeNetwork(engine, id)
}

/** The engine refuses it while a container is on it. */
const removeNetwork = (engine: Engine, id: string): Promise<void> =>
  ask<void>(engine, { method: 'DELETE', path: `/networks/${id}` }).catch(unlessStatus(403, 404, 409))

const unlessStatus =
  (...known: readonly number[]) =>
  (error: { status?: number }): void => {
    if (!known.includes(error.status ?? 0)) throw error
  }
