import { once } from 'node:events'
import { get } from 'node:http'
import { DevenvError } from '../../problem/problem.js'
import type { StartRecord } from '../data/record.js'
import { placesOf } from '../project/addresses.js'

/** Whoever holds a request so long without a word is at work on it: a first page may take its time. */
const AT_WORK_MS = 5000

/**
 * Asks the address of an environment from this machine, once, as a browser will: its health check was answered inside the
 * container only. Where not all programs run, nobody may be there to answer.
 * @throws DevenvError `address-silent`
 */
export async function askAddress({
  addresses,
  ports,
  settings,
}: Pick<StartRecord, 'addresses' | 'ports' | 'settings'>): Promise<void> {
  const [first] = placesOf(addresses, ports)
  if (first === undefined || (settings.programs ?? 'all') !== 'all') return
  const asking = get(first.url, { agent: false, timeout: AT_WORK_MS })
  try {
    await Promise.race([once(asking, 'response'), once(asking, 'timeout')])
  } catch (error) {
    throw new DevenvError({ code: 'address-silent', url: first.url, detail: (error as Error).message })
  } finally {
    asking.on('error', () => {}).destroy()
  }
}
