import { existsSync, readdirSync, realpathSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { type Environment, identify } from '../environment.js'
import { isOwnFolder, isThere } from './data-directory.js'

/** What WITH= names: the path of a checkout, or a service whose snapshot runs, maybe of one release. */
const SERVICE = /^([a-z0-9][a-z0-9_-]*)(?:@([a-z0-9][\w.-]*))?$/

/** `edx-platform@ulmo.4`; `undefined` for what cannot be one. Pure. */
export function parseAskedService(word: string): { service: string; release: string | undefined } | undefined {
  const [, service, release] = SERVICE.exec(word) ?? []
  return service === undefined ? undefined : { service, release }
}

/** The folder of an environment that WITH= names: a checkout's real path, where it is there; the folder of ours for a snapshot. */
export const placeOf = ({ paths }: Pick<Environment, 'paths'>, word: string): string =>
  isAbsolute(word) ? (existsSync(word) ? realpathSync(word) : word) : join(paths.snapshots, word)

/** The word that stands for such a folder in WITH=. Pure. */
export const wordFor = ({ paths }: Pick<Environment, 'paths'>, place: string): string =>
  place.startsWith(`${paths.snapshots}/`) ? place.slice(paths.snapshots.length + 1) : place

/**
 * The environments of snapshots that lie with the data of another, also one whose folder a start that was killed has not finished.
 * Follows no link.
 */
export const snapshotsOf = ({ paths }: Pick<Environment, 'paths'>): Environment[] =>
  (isOwnFolder(paths.snapshots) ? readdirSync(paths.snapshots).sort() : []).flatMap((word) => {
    const { service } = parseAskedService(word) ?? {}
    const place = join(paths.snapshots, word)
    const data = join(place, '.dev')
    if (service === undefined || !isOwnFolder(place) || (isThere(data) && !isOwnFolder(data))) return []
    return [identify({ name: service, version: '', service, directory: '' }, place, undefined)]
  })
