import { hashOf } from '../environment.js'

const FIRST_PORT = 23000
const LAST_PORT = 27999
const PORTS_EACH = 10
/** In the range, and devstack's: its Firefox, and MongoDB's own port. */
const TAKEN = [25900, 27017]

/**
 * The ports that an environment would like, best first: always the same for the same checkout. The range is
 * below every system's ephemeral ports, and beside those of devstack (18000 to 19999) and Tutor. Pure.
 */
export function* portCandidates(service: string, checkout: string, index: number): Generator<number> {
  const slots = (LAST_PORT + 1 - FIRST_PORT) / PORTS_EACH
  const first = hashOf(service, checkout).readUInt32BE(0) % slots
  for (let slot = 0; slot < slots; slot++) {
    const port = FIRST_PORT + ((first + slot) % slots) * PORTS_EACH + (index % PORTS_EACH)
    if (!TAKEN.includes(port)) yield port
  }
}

export const PORT_RANGE = { from: FIRST_PORT, to: LAST_PORT }
