// @ts-check
// The disk of the data directory becomes full at each moment of devenv. Needs root, for a file system in memory.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { $ as shell } from 'zx'
import { freshHello, traceIn } from './hello.mjs'
import { casesAtMoments } from './interruptions.mjs'

const $ = shell({ quiet: true })

/** A start asks for a gigabyte. */
const SIZE = '1400m'

export async function helloOnDisk() {
  const mounted = mkdtempSync(join(tmpdir(), 'devenv-disk-'))
  await $`mount -t tmpfs -o size=${SIZE} tmpfs ${mounted}`
  const root = join(mounted, 'data')
  mkdirSync(root)
  const hello = freshHello({ DEVENV_DIR: root })
  return {
    ...hello,
    remove: async () => {
      await hello.remove()
      await $`umount -l ${mounted}`
      rmSync(mounted, { recursive: true, force: true })
    },
  }
}

/** @param {import('./hello.mjs').Hello} hello */
export function disk(hello) {
  const filler = join(hello.home, '../../full')
  return casesAtMoments(
    hello,
    () => [{ by: 'a full disk', env: { MOMENT_DO: 'fill', MOMENT_FILLER: filler } }],
    (ended) => {
      rmSync(filler, { force: true })
      return traceIn('the command', ended)
    },
  )
}
