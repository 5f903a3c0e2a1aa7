import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { Definition } from '../../definition/definition.js'
import { FOLDER_IN_CHECKOUT } from '../../definition/find-package.js'
import { DevenvError } from '../../problem/problem.js'
import type { Environment } from '../environment.js'

/**
 * Refuses binds, secrets and configs of a definition whose file or folder is not there. Stores are made later.
 * @throws DevenvError `mounts-missing`
 */
export function requireMounts(
  { project }: Definition,
  { checkout, paths }: Pick<Environment, 'checkout' | 'paths'>,
): void {
  const binds = Object.entries(project.services).flatMap(([service, { volumes }]) =>
    (volumes ?? [])
      .filter(({ type, source }) => type === 'bind' && source !== undefined && !source.startsWith(`${paths.stores}/`))
      .map(({ source = '', target }) => ({ what: `${target} of ${service}`, source })),
  )
  const files = [...filesOf('secret', project.secrets), ...filesOf('config', project.configs)]
  const mounts = [...binds, ...files].filter(({ source }) => isMissing(source))
  const overlay = join(checkout, FOLDER_IN_CHECKOUT, 'compose.yaml')
  if (mounts.length > 0) throw new DevenvError({ code: 'mounts-missing', mounts, overlay, checkout })
}

const filesOf = (kind: 'secret' | 'config', described: Definition['project']['secrets'] = {}) =>
  Object.entries(described).flatMap(([name, { file }]) =>
    file === undefined ? [] : [{ what: `the ${kind} ${name}`, source: file }],
  )

/** What may not be looked at is there, as far as we know. */
function isMissing(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) === undefined
  } catch {
    return false
  }
}
