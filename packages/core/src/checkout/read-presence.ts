import { accessSync, constants, lstatSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

/** `unknown`: whoever looks may not see it, or its disk is not mounted. Nobody may take that for gone. */
export type Presence = 'there' | 'gone' | 'unknown'

/**
 * Whether a folder is there. It is gone where it is missing below a folder that can be read, on the file system that it was on.
 * @param mountPoint where that is mounted, as `readMountPoint` gave it; `undefined` where nobody has noted it
 */
export function readPresence(path: string, mountPoint: string | undefined): Presence {
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
    return !lstatSync(above).isSymbolicLink() && readMountPoint(above) === mountPoint ? 'gone' : 'unknown'
  } catch {
    return 'unknown'
  }
}

/** Where the file system that a folder is on is mounted. Its number may be another after the machine was started again. */
export function readMountPoint(path: string): string {
  const above = dirname(path)
  return above === path || statSync(above).dev !== statSync(path).dev ? path : readMountPoint(above)
}

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
