import { createHash } from 'node:crypto'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { EnvironmentPackage } from '../definition/definition.js'

/** One environment: a service and the real path of a checkout of it. */
export type Environment = {
  package: EnvironmentPackage
  service: string
  /** Real path. */
  checkout: string
  /** The Compose project's name. */
  project: string
  paths: Paths
}

/** Where an environment keeps what is not code. `home` is ours; the data directory around it may hold other things. */
export type Paths = {
  dataDirectory: string
  home: string
  stores: string
  logs: string
  /** This environment's record and Compose project, by name, since a data directory may serve several in turn. */
  record: string
  composeFile: string
}

/** Service names become part of names that Docker limits to lower case letters, digits, `-` and `_`. */
export function identify(
  environmentPackage: EnvironmentPackage,
  checkout: string,
  dataRoot: string | undefined,
): Environment {
  const { service } = environmentPackage
  const id = hashOf(service, checkout).toString('hex').slice(0, 8)
  const project = `devenv-${service.toLowerCase().replace(/[^a-z0-9_-]/g, '-')}-${id}`
  const dataDirectory = dataRoot === undefined ? join(checkout, '.dev') : join(dataRoot, service)
  const home = join(dataDirectory, 'devenv')
  return {
    package: environmentPackage,
    service,
    checkout,
    project,
    paths: {
      dataDirectory,
      home,
      stores: join(home, 'stores'),
      logs: join(home, 'logs'),
      record: join(home, `${project}.json`),
      composeFile: join(home, `${project}.compose.json`),
    },
  }
}

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

/** `device:inode`: the same folder by whatever path, and after it was moved. */
export function folderIdentity(path: string): string {
  const { dev, ino } = statSync(path, { bigint: true })
  return `${dev}:${ino}`
}

const hashOf = (service: string, checkout: string): Buffer =>
  createHash('sha256').update(`${service}\0${checkout}`).digest()
