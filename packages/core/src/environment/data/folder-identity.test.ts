import { cpSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../../../test/samples.js'
import type { Environment } from '../environment.js'
import { folderIdentity, readMounted } from './folder-identity.js'

describe('the identity of a folder', () => {
  test('is the same by whatever path, and after it was moved', () => {
    const root = temporaryFolder()
    mkdirSync(join(root, 'stores'))
    symlinkSync('stores', join(root, 'link'))
    const identity = folderIdentity(join(root, 'stores'))
    expect(folderIdentity(join(root, 'link'))).toBe(identity)
    renameSync(join(root, 'stores'), join(root, 'moved'))
    expect(folderIdentity(join(root, 'moved'))).toBe(identity)
  })

  test('is empty where there is no folder', () => {
    expect(folderIdentity(join(temporaryFolder(), 'missing'))).toBe('')
  })

  test('is another one for another folder', () => {
    const root = temporaryFolder()
    mkdirSync(join(root, 'a'))
    mkdirSync(join(root, 'b'))
    expect(folderIdentity(join(root, 'a'))).not.toBe(folderIdentity(join(root, 'b')))
  })
})

describe('the folders that a container is to see', () => {
  const seen = (root: string, from: 'checkout' | 'image' = 'checkout') =>
    readMounted({ checkout: join(root, 'shop'), code: { from } } as Environment, [
      { name: 'library', checkout: join(root, 'library') },
    ])
  const made = () => {
    const root = temporaryFolder()
    for (const name of ['shop', 'library']) mkdirSync(join(root, name))
    return root
  }

  test('are the same after saves in them', () => {
    const root = made()
    const before = seen(root)
    writeFileSync(join(root, 'shop/file'), '')
    writeFileSync(join(root, 'library/file'), '')
    expect(seen(root)).toBe(before)
  })

  test.each(['shop', 'library'])('are others once a copy took the place of %s, or nothing did', (name) => {
    const root = made()
    const before = seen(root)
    cpSync(join(root, name), join(root, 'copy'), { recursive: true })
    rmSync(join(root, name), { recursive: true })
    expect(seen(root)).not.toBe(before)
    renameSync(join(root, 'copy'), join(root, name))
    expect(seen(root)).not.toBe(before)
  })

  test('are told of one that cannot be looked at, as of one that is gone', () => {
    const root = made()
    rmSync(join(root, 'library'), { recursive: true })
    const gone = seen(root)
    symlinkSync('library', join(root, 'library'))
    expect(seen(root)).toBe(gone)
  })

  test('are none where the code is that of an image', () => {
    expect(seen(made(), 'image')).toBe('')
  })
})
