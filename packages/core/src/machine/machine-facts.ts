import { lookup } from 'node:dns/promises'
import { existsSync, readFileSync } from 'node:fs'
import type { Engine } from '../engine/engine.js'
import { readInfo } from '../engine/info.js'
import { freeBytes } from './require-space.js'

/** What was seen of this machine and of the one that the engine runs on; `undefined`: it cannot be seen from here. */
export type MachineFacts = {
  /** Bytes that are free, by folder. */
  disks: readonly { folder: string; free: number | undefined }[]
  /** Bytes that the engine has. */
  memory: number | undefined
  /** The kernel’s limits, by their name for `sysctl`. */
  limits: Readonly<Record<string, number | undefined>>
  /** The images that the environment at hand names; `undefined`: nobody knows. */
  images: readonly string[] | undefined
  /** Milliseconds since 1970, here and at the engine. */
  clocks: { here: number; engine: number } | undefined
  /** The addresses that `localhost` has here. */
  localhost: readonly string[]
  proxies: Readonly<Record<string, string>>
}

const LIMITS = ['vm.max_map_count', 'fs.inotify.max_user_watches', 'fs.inotify.max_user_instances'] as const

export async function readMachineFacts(
  engine: Engine | undefined,
  folders: readonly string[],
  images: MachineFacts['images'],
  proxies: MachineFacts['proxies'],
): Promise<MachineFacts> {
  const asked = Date.now()
  const info = engine === undefined ? undefined : await readInfo(engine)
  const here = (asked + Date.now()) / 2
  const at = Date.parse(info?.SystemTime ?? '')
  // Podman, and an engine in a machine of its own, name a folder that is not here.
  const root = info?.DockerRootDir
  const seen = root !== undefined && existsSync(root) ? [...folders, root] : folders
  return {
    disks: seen.map((folder) => ({ folder, free: freeBytes(folder) })),
    memory: info?.MemTotal,
    limits: Object.fromEntries(LIMITS.map((name) => [name, readLimit(name)])),
    images,
    clocks: Number.isNaN(at) ? undefined : { here, engine: at },
    localhost: (await lookup('localhost', { all: true }).catch(() => [])).map(({ address }) => address),
    proxies,
  }
}

function readLimit(name: string): number | undefined {
  try {
    return Number(readFileSync(`/proc/sys/${name.replaceAll('.', '/')}`, 'utf8'))
  } catch {
    return undefined // no Linux
  }
}
