import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sha256Of } from '../../hash/sha256.js'
import { type Stamps, stampsOf } from '../data/record.js'
import type { MatchedFiles } from './hash-steps.js'

/** Folders that no provisioning step can mean, and that cost much to walk. */
const SKIPPED = ['**/node_modules/**', '**/.git/**', '.dev/**']

/** `stamps`: of every file and folder that decides what a glob matches, as they were before. */
export type Matched = MatchedFiles & { stamps: Stamps }

/** `glob` as in .gitignore's `**` and `*`, from the checkout's root. */
export async function readMatchingFiles(checkout: string, glob: string): Promise<Matched> {
  const { glob: find } = await import('tinyglobby')
  const options = { cwd: checkout, ignore: SKIPPED, expandDirectories: false, followSymbolicLinks: false }
  const segments = glob.split('/')
  const wild = segments.findIndex((segment) => /[*?[{]/.test(segment))
  const base = segments.slice(0, wild < 0 ? -1 : wild)
  const folders = wild < 0 ? [] : await find([[...base, '**'].join('/')], { ...options, onlyDirectories: true })
  const around = stampsOf([join(checkout, ...base), ...folders.map((folder) => join(checkout, folder))])
  const files = (await find([glob], options)).sort()
  const stamps = { ...stampsOf(files.map((file) => join(checkout, file))), ...around }
  const contents = Object.fromEntries(files.map((file) => [file, sha256Of(readFileSync(join(checkout, file)))]))
  return { hash: sha256Of(JSON.stringify(contents)), contents, stamps }
}
