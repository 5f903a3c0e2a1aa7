import { accessSync, constants, lstatSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

/** `unknown`: whoever looks may not see it, or its disk is not mounted. Nobody may take that for gone. */
export type Presence = 'there' | 'gone' | 'unknown'

/**
 * Whether a folder is there. It is gone where it is missing below a folder that can be read, on the file system that it was on.
 * @param device that file system, as `readDevice` gave it; `undefined` where nobody has noted it
 */
export function readPresence(path: string, device: string | undefined): Presence {
  try {
    statSync(path)
    return 'there'
  } catch (error) {
    if (!isMissing(error)) return 'unknown'
  }
  try {
    const above = nearestAbove(path)
    accessSync(above, constants.R_OK | constants.X_OK)
    // A link that leads nowhere: to a disk that is not mounted, perhaps.
    return !lstatSync(above).isSymbolicLink() && readDevice(above) === device ? 'gone' : 'unknown'
  } catch {
    return 'unknown'
  }
}

/** The file system that a folder is on. */
export const readDevice = (path: string): string => String(statSync(path, { bigint: true }).dev)

function nearestAbove(path: string): string {
  const above = dirname(path)
  try {
    lstatSync(above)
    return above
  } catch (error) {
    if (isMissing(error) && above !== path) return nearestAbove(above)
    throw error
  }
}

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT'
