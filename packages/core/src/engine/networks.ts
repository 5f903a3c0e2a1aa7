import { ask, type Engine } from './engine.js'
import { LABELS } from './labels.js'

/** A network that no Compose project owns. `mtu`: where it is less than Docker's 1500. One that is there is what is wanted. */
export async function createNetwork(engine: Engine, name: string, mtu: number | undefined): Promise<void> {
  const Options = mtu === undefined ? {} : { 'com.docker.network.driver.mtu': String(mtu) }
  const body = { Name: name, CheckDuplicate: true, Labels: { [LABELS.shared]: '' }, Options }
  await ask(engine, { method: 'POST', path: '/networks/create', body }).catch(unlessStatus(409))
}

/** Removes the networks of several projects that no container is on any more. */
export async function removeUnusedNetworks(engine: Engine): Promise<void> {
  // The engine refuses it while a container is on it.
  for (const { Id } of await ask<{ Id: string }[]>(engine, { path: '/networks', query: { filters: SHARED } }))
    await ask(engine, { method: 'DELETE', path: `/networks/${Id}` }).catch(unlessStatus(403, 404, 409))
}

const SHARED = JSON.stringify({ label: [LABELS.shared] })

const unlessStatus =
  (...known: readonly number[]) =>
  (error: { status?: number }): void => {
    if (!known.includes(error.status ?? 0)) throw error
  }
