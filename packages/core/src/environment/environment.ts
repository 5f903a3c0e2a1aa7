import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { EnvironmentPackage } from '../definition/definition.js'
import { serviceOf } from '../definition/find-package.js'
import { type Code, readCode, SNAPSHOTS } from './code.js'

/** One environment: a service and the real path of a checkout of it. `service`: that of the checkout; its package may be for many. */
export type Environment = {
  package: EnvironmentPackage
  service: string
  /** Real path. Of a snapshot: a folder of ours, with what devenv itself reads of the code. */
  checkout: string
  code: Code
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
  /** What was typed into shells, one file a container. */
  history: string
  /** What can be made again: it lasts longer than containers. */
  cache: string
  /** What a person kept: it outlasts a clean. */
  saves: string
  /** The environments of snapshots that were asked for here, a folder each. */
  snapshots: string
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
  const service = serviceOf(environmentPackage, checkout)
  const id = hashOf(service, checkout).toString('hex').slice(0, 8)
  const project = `devenv-${service.toLowerCase().replace(/[^a-z0-9_-]/g, '-')}-${id}`
  const code = readCode(checkout)
  // The data of a snapshot lie with those of whoever asked for it.
  const dataDirectory =
    dataRoot === undefined || code.from === 'image' ? join(checkout, '.dev') : join(dataRoot, service)
  const home = join(dataDirectory, 'devenv')
  return {
    package: environmentPackage,
    service,
    checkout,
    code,
    project,
    paths: {
      dataDirectory,
      home,
      stores: join(home, 'stores'),
      logs: join(home, 'logs'),
      history: join(home, 'history'),
      cache: join(home, 'cache'),
      saves: join(home, 'saves'),
      snapshots: join(home, SNAPSHOTS),
      record: join(home, `${project}.json`),
      composeFile: join(home, `${project}.compose.json`),
    },
  }
}

/** Of a service and a checkout; what an environment has of its own is derived from it. */
export const hashOf = (service: string, checkout: string): Buffer =>
  createHash('sha256').update(`${service}\0${checkout}`).digest()
