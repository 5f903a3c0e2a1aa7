import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Folders that no provisioning step can mean, and that cost much to walk. */
const SKIPPED = ['**/node_modules/**', '**/.git/**', '.dev/**']

/** What a glob matches: a hash of paths and contents, and every file and folder that decides it. */
export type Matched = { hash: string; watched: string[] }

/** `glob` as in .gitignore's `**` and `*`, from the checkout's root. */
export async function readMatchingFiles(checkout: string, glob: string): Promise<Matched> {
  const { glob: find } = await import('tinyglobby')
  const options = { cwd: checkout, ignore: SKIPPED, expandDirectories: false, followSymbolicLinks: false }
  const segments = glob.split('/')
  const wild = segments.findIndex((segment) => /[*?[{]/.test(segment))
  const base = segments.slice(0, wild < 0 ? -1 : wild)
  const [files, folders] = await Promise.all([
    find([glob], options),
    wild < 0 ? [] : find([[...base, '**'].join('/')], { ...options, onlyDirectories: true }),
  ])
  const hash = createHash('sha256')
  for (const file of files.sort())
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(checkout, file)))
      .update('\0')
  const watched = [
    join(checkout, ...base),
    ...folders.map((folder) => join(checkout, folder)),
    ...files.map((file) => join(checkout, file)),
  ]
  return { hash: hash.digest('hex'), watched }
}
