import { lookup } from 'node:dns/promises'
import { liesIn } from '../registry/proxy.js'
import type { Engine } from './engine.js'
import { type EngineInfo, readInfo } from './info.js'

const infos = new Map<string, Promise<EngineInfo>>()

/**
 * Whether the engine takes a registry without TLS, or with any certificate: `insecure-registries` of its daemon.json, by
 * Docker's rule: a host as it is written, or a network that one of its addresses lies in
 * (https://docs.docker.com/reference/cli/dockerd/#insecure-registries). Where nobody can say, it does not.
 */
export async function isInsecureRegistry(engine: () => Engine, host: string): Promise<boolean> {
  try {
    const { RegistryConfig } = await readInfoOnce(engine())
    const known = RegistryConfig?.IndexConfigs?.[host]
    if (known !== undefined) return !known.Secure
    const networks = RegistryConfig?.InsecureRegistryCIDRs ?? []
    const addresses = await lookup(new URL(`https://${host}`).hostname.replace(/^\[(.*)\]$/, '$1'), { all: true })
    return addresses.some(({ address }) => networks.some((network) => liesIn(network, address)))
  } catch {
    return false
  }
}

function readInfoOnce(engine: Engine): Promise<EngineInfo> {
  const info = infos.get(engine.endpoint) ?? readInfo(engine)
  infos.set(engine.endpoint, info)
  return info
}
