import type { Lock } from '../definition/devenv-lock.js'
import type { Engine } from '../engine/engine.js'
import { isInsecureRegistry } from '../engine/insecure-registries.js'
import { containerProxies } from '../settings/container-proxies.js'
import { readDigestsFile, registryOf, type Settings } from '../settings/settings.js'
import type { BuildSettings } from './build-images.js'
import type { ImageSources } from './read-plan.js'

/**
 * Where settings say that images are looked for, and how they are built.
 * @param engine says which registries it takes without TLS
 */
export const imageSettingsOf = (
  settings: Settings,
  lock: Lock,
  engine: () => Engine,
): ImageSources & BuildSettings => ({
  registry: registryOf(settings.registry),
  mirror: settings.mirror,
  locked: lock.images,
  published: settings.digests === undefined ? {} : readDigestsFile(settings.digests),
  network: settings.network,
  caBundle: settings.caBundle,
  proxies: containerProxies(settings.proxies),
  access: {
    caBundle: settings.caBundle,
    proxies: settings.proxies,
    isInsecure: (host) => isInsecureRegistry(engine, host),
  },
})
