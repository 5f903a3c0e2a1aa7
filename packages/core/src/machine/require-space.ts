import { statfsSync } from 'node:fs'
import { dirname } from 'node:path'
import { DevenvError } from '../problem/problem.js'

/** Bytes; the first start of a database alone writes some 200 MB. */
export const LEAST_SPACE = 1 << 30

/**
 * Refuses to begin where the disk that a folder is on, or will be, is nearly full; or has less room than what is about to come there.
 * @throws DevenvError `disk-full`
 */
export async function requireSpace(folder: string, coming?: { file: string; bytes: number }): Promise<void> {
  const free = freeBytes(folder)
  const least = coming?.bytes ?? LEAST_SPACE
  if (free !== undefined && free < least)
    throw new DevenvError({ code: 'disk-full', folder, free, least, file: coming?.file })
}

/** Of the disk that a folder is on, or will be. */
export function freeBytes(folder: string): number | undefined {
  try {
    const { bavail, bsize } = statfsSync(folder)
    return bavail * bsize
  } catch {
    return folder === dirname(folder) ? undefined : freeBytes(dirname(folder))
  }
}
