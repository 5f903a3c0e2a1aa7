import type { Problem } from '../problem/problem.js'
import { EngineRefusal } from './engine.js'

/** What the engine says, in its own words or Compose's, and what that means to a person. The first that fits counts. */
const REFUSALS: readonly { says: RegExp; means: (...found: string[]) => Problem }[] = [
  {
    says: /non-overlapping IPv4 address pool|all predefined address pools have been fully subnetted/,
    means: () => ({ code: 'networks-exhausted' }),
  },
  {
    // Up to engine 26, later, and with the containerd image store.
    says: /image with reference (\S+) was found but (?:does not match the specified platform: wanted (\S+?), actual: ([\w/]+)|its platform \((\S+?)\) does not match the specified platform \((\S+?)\)|does not provide the specified platform \((\S+?)\))/,
    means: (image, before, beforeIs, is, wants, unheld) => ({
      code: 'image-foreign',
      image: image ?? '',
      is: beforeIs ?? is,
      wants: before ?? wants ?? unheld ?? '',
    }),
  },
  {
    says: /name "?\/?([\w.-]+)"? (?:is already in use|already exists)/,
    means: (name = '') => ({ code: 'name-taken', name }),
  },
  {
    says: /(?:Bind for |listen tcp[46]? )\S*?:(\d+)(?: failed)?: .*(?:already allocated|already in use)/,
    means: (port) => ({ code: 'port-taken', port: Number(port), holder: undefined }),
  },
  {
    says: /No such (?:container|exec instance): (\S{1,12})|[Cc]ontainer (\S{1,12})\S* is (?:not running|restarting|marked for removal)|removal of container (\S{1,12})\S* is already in progress/,
    means: (absent, ended, leaving) => ({ code: 'container-gone', container: absent ?? ended ?? leaving ?? '' }),
  },
  { says: /network (\S+) not found/, means: (network = '') => ({ code: 'network-gone', network }) },
  { says: /no space left on device/, means: () => ({ code: 'engine-full' }) },
  {
    says: /[Cc]annot connect to the Docker daemon at (\S+?)\. Is/,
    means: (endpoint = '') => ({ code: 'engine-missing', endpoint, detail: 'Docker’s client cannot connect' }),
  },
  {
    says: /permission denied while trying to connect to the .* at (\S+): /,
    means: (endpoint = '') => ({ code: 'engine-forbidden', endpoint }),
  },
]

/** Whether it says that a container, or a command in it, was stopped or removed since somebody looked. Pure. */
export const isGone = (error: unknown): boolean =>
  error instanceof EngineRefusal && parseRefusal('', error.detail).code === 'container-gone'

/** For whoever only looks: what is gone is simply not there. */
export function noneIfGone(error: unknown): undefined {
  if (!isGone(error)) throw error
}

/** Pure. @param doing what the engine “would not” do */
export function parseRefusal(doing: string, detail: string): Problem {
  for (const { says, means } of REFUSALS) {
    const found = says.exec(detail)
    if (found !== null) return means(...found.slice(1))
  }
  return { code: 'engine-refused', doing, detail }
}
