import { mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { temporaryFolder, testEach } from '../../test/samples.js'
import { type Presence, readMountPoint, readPresence } from './read-presence.js'

/** A checkout two folders below one of the test's own. */
function checkout(): string {
  const path = join(temporaryFolder(), 'services', 'hello')
  mkdirSync(path, { recursive: true })
  return path
}

describe('a checkout', () => {
  testEach<{ title: string; change: (path: string) => void; found: Presence }>([
    { title: 'that nobody touched', change: () => {}, found: 'there' },
    { title: 'that was removed', change: (path) => rmSync(path, { recursive: true }), found: 'gone' },
    {
      title: 'that was removed with the folders around it',
      change: (path) => rmSync(dirname(path), { recursive: true }),
      found: 'gone',
    },
    {
      title: 'behind a link that leads nowhere',
      change: (path) => {
        rmSync(dirname(path), { recursive: true })
        symlinkSync('/nowhere/mounted', dirname(path))
      },
      found: 'unknown',
    },
  ])('$title is $found', ({ change, found }) => {
    const path = checkout()
    const mountPoint = readMountPoint(path)
    change(path)
    expect(readPresence(path, mountPoint)).toBe(found)
  })

  test('on a disk that is not mounted is unknown: its mount point is on another file system', () => {
    expect(readPresence(join(temporaryFolder(), 'hello'), '/nowhere/mounted')).toBe('unknown')
  })

  test('of which nobody has noted where it was is there or unknown', () => {
    expect(readPresence(checkout(), undefined)).toBe('there')
    expect(readPresence(join(temporaryFolder(), 'hello'), undefined)).toBe('unknown')
  })

  test.skipIf(process.getuid?.() !== 0)('that this user may not see is unknown', () => {
    const path = checkout()
    const mountPoint = readMountPoint(path)
    const looked = asNobody(() => [readPresence(path, mountPoint), readPresence(join(path, 'none'), mountPoint)])
    expect(looked).toEqual(['unknown', 'unknown'])
  })
})

/** The test's own folder is nobody else's: mode 0700. */
function asNobody<T>(work: () => T): T {
  process.seteuid?.(65534)
  try {
    return work()
  } finally {
    process.seteuid?.(0)
  }
}
