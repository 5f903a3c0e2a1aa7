import type { Problem } from '../problem/problem.js'
import { loopbackProxies } from '../settings/container-proxies.js'
import type { MachineFacts } from './machine-facts.js'
import { LEAST_SPACE } from './require-space.js'

/**
 * One thing that was looked at. `problem` where no environment runs so; `advice` where some do not, or badly. `mend`: the
 * command that mends it without a guess.
 */
export type Finding = {
  looked: string
  found: string
  problem?: Problem
  advice?: Problem
  mend?: readonly [string, ...string[]]
}

/** Bytes: the LMS and Studio with their databases take some 3 GiB. */
const LEAST_MEMORY = 4 * 2 ** 30
/** Seconds between two clocks that make, TLS and logs still stand. */
const MOST_APART = 5

/** What each limit is for, and the least that serves. `images`: only such an image needs it. */
const WANTED_LIMITS: Readonly<Record<string, { least: number; because: string; images?: RegExp }>> = {
  'vm.max_map_count': {
    least: 262_144,
    because: 'Elasticsearch maps its indexes into memory, and asks for that many maps.',
    images: /(elastic|open)search/,
  },
  'fs.inotify.max_user_watches': {
    least: 65_536,
    because: 'A watch stands on each folder of a checkout; without it, saved files do not restart programs.',
  },
  'fs.inotify.max_user_instances': {
    least: 128,
    because: 'Each program that restarts for saved files takes one, and editors take some.',
  },
}

/** Everything that the facts say, well or not. Pure. */
export const explainMachine = (facts: MachineFacts): Finding[] => [
  ...facts.disks.map(explainDisk),
  ...explainMemory(facts),
  ...Object.entries(facts.limits).flatMap(([name, found]) =>
    found === undefined || !isNeeded(name, facts) ? [] : [explainLimit(name, found)],
  ),
  ...explainClocks(facts),
  explainLocalhost(facts),
  explainProxies(facts),
]

const gib = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`

function explainDisk({ folder, free }: MachineFacts['disks'][number]): Finding {
  const finding = { looked: 'disk', found: `${free === undefined ? 'unknown' : gib(free)} free for ${folder}` }
  if (free === undefined || free >= LEAST_SPACE) return finding
  return { ...finding, problem: { code: 'disk-full', folder, free, least: LEAST_SPACE } }
}

function explainMemory({ memory }: MachineFacts): Finding[] {
  if (memory === undefined) return []
  const finding = { looked: 'memory', found: `${gib(memory)} for containers` }
  // What calls itself 4 GB has a little less.
  if (memory >= LEAST_MEMORY * 0.9) return [finding]
  return [{ ...finding, advice: { code: 'memory-low', has: memory, least: LEAST_MEMORY } }]
}

function isNeeded(name: string, { images }: MachineFacts): boolean {
  const such = WANTED_LIMITS[name]?.images
  return images === undefined || such === undefined || images.some((image) => such.test(image))
}

function explainLimit(name: string, found: number): Finding {
  const finding = { looked: name, found: String(found) }
  const wanted = WANTED_LIMITS[name]
  if (wanted === undefined || found >= wanted.least) return finding
  const { least, because } = wanted
  return {
    ...finding,
    advice: { code: 'limit-low', name, found, least, because },
    mend: ['sysctl', '-w', `${name}=${least}`],
  }
}

function explainClocks({ clocks }: MachineFacts): Finding[] {
  if (clocks === undefined) return []
  const seconds = Math.round((clocks.engine - clocks.here) / 1000)
  const finding = {
    looked: 'clock',
    found: `the engine’s is ${Math.abs(seconds)} s ${seconds < 0 ? 'behind' : 'ahead'}`,
  }
  if (Math.abs(seconds) <= MOST_APART) return [{ ...finding, found: 'the same as the engine’s' }]
  return [{ ...finding, advice: { code: 'clocks-apart', seconds } }]
}

function explainLocalhost({ localhost }: MachineFacts): Finding {
  const finding = { looked: 'localhost', found: localhost.join(', ') || 'no address' }
  if (localhost.some((address) => address.startsWith('127.'))) return finding
  return { ...finding, problem: { code: 'localhost-elsewhere', addresses: localhost } }
}

function explainProxies({ proxies }: MachineFacts): Finding {
  const masked = Object.entries(proxies).map(([name, value]) => `${name}=${value.replace(/\/\/[^@/]*@/, '//…@')}`)
  const finding = { looked: 'proxy', found: masked.join(' ') || 'none' }
  const names = loopbackProxies(proxies)
  return names.length === 0 ? finding : { ...finding, advice: { code: 'proxy-unreachable', names } }
}
