import { mkdirSync, renameSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../../../test/samples.js'
import { folderIdentity } from './folder-identity.js'

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
