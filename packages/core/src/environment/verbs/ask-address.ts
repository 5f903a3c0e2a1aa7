import { once } from 'node:events'
import { get } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { DevenvError } from '../../problem/problem.js'
import type { StartRecord } from '../data/record.js'
import { placesOf } from '../project/addresses.js'

/** Whoever holds a request so long without a word is at work on it: a first page may take its time. */
const AT_WORK_MS = 5000
/** So long who has just begun may hang up, or not be there yet: the engine's last word of its health may be older. */
const BEGINNING_MS = 5000

type Known = Pick<StartRecord, 'addresses' | 'ports' | 'settings'>

/** The address that has to answer. Where programs were chosen and nobody says whose answer it is, none has to. Pure. */
export function answeringOf({ addresses, ports, settings: { programs = 'all' } }: Known): string | undefined {
  const [first] = placesOf(addresses, ports, programs)
  return programs === 'all' || first?.program !== undefined ? first?.url : undefined
}

/**
 * Asks the address of an environment from this machine, as a browser will: its health check was answered inside the
 * container only. Where none has to answer, none is asked.
 * @throws DevenvError `address-silent`
 */
export async function askAddress(known: Known): Promise<void> {
  const url = answeringOf(known)
  if (url === undefined) return
  const until = performance.now() + BEGINNING_MS
  for (;;) {
    const asking = get(url, { agent: false, timeout: AT_WORK_MS })
    try {
      await Promise.race([once(asking, 'response'), once(asking, 'timeout')])
      return
    } catch (error) {
      if (performance.now() > until)
        throw new DevenvError({ code: 'address-silent', url, detail: (error as Error).message })
    } finally {
      asking.on('error', () => {}).destroy()
    }
    await pause(200)
  }
}
