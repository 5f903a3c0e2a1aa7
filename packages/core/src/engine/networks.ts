import { ask, type Engine } from './engine.js'
import { LABELS } from './labels.js'

export type Network = { id: string; labels: Readonly<Record<string, string>> }

/** The networks that carry all of `labels`: `key=value`, or `key` alone. */
export async function listNetworks(engine: Engine, labels: readonly string[]): Promise<Network[]> {
  const filters = JSON.stringify({ label: labels })
  const listed = await ask<{ Id: string; Labels: Record<string, string> | null }[]>(engine, {
    path: '/networks',
    query: { filters },
  })
  return listed.map(({ Id, Labels }) => ({ id: Id, labels: Labels ?? {} }))
}

/** A network that no Compose project owns. `mtu`: where it is less than Docker's 1500. One that is there is what is wanted. */
export async function createNetwork(engine: Engine, name: string, mtu: number | undefined): Promise<void> {
  const Options = mtu === undefined ? {} : { 'com.docker.network.driver.mtu': String(mtu) }
  const body = { Name: name, CheckDuplicate: true, Labels: { [LABELS.shared]: '' }, Options }
  await ask(engine, { method: 'POST', path: '/networks/create', body }).catch(unlessStatus(409))
}

/** Removes the networks that two environments share, and that no container is on any more. */
export async function removeUnusedNetworks(engine: Engine): Promise<void> {
  for (const network of await listNetworks(engine, [LABELS.shared])) await removeIfUnused(engine, network)
}

/** Removes a network, unless a container is on it: the engine refuses that. Whether it was removed. */
export async function removeIfUnused(engine: Engine, { id }: Network): Promise<boolean> {
  const removing = ask(engine, { method: 'DELETE', path: `/networks/${id}` }).then(() => 'removed' as const)
  return (await removing.catch(unlessStatus(403, 404, 409))) === 'removed'
}

const unlessStatus =
  (...known: readonly number[]) =>
  (error: { status?: number }): void => {
    if (!known.includes(error.status ?? 0)) throw error
  }
