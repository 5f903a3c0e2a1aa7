import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { hideFromGit, showToGit } from '../git/git-repository.js'
import { DevenvError } from '../problem/problem.js'
import { readTextFile } from '../problem/read-text-file.js'
import { giveToOwner, requireInside } from './inside-checkout.js'
import { mergeParts, UnmergeableText, valueAt } from './merge-entries.js'
import { COMPOSE_LINK, type EditorFile, isOurContainer } from './plan-editor-files.js'
import { isOurConfiguration, RUN_FOLDER } from './plan-run-configurations.js'

/** Whether git shall see the files that devenv makes: for the team, or for this clone alone. */
export type Audience = 'team' | 'clone'

/** What was written and removed, and of what git was told. */
export type Written = { changed: string[]; removed: string[]; hidden: string[]; shown: string[] }

/** Where the definition of the container is: beside a checkout's own, which an editor then offers as well. */
export function readContainerPlace(checkout: string): string {
  const usual = '.devcontainer/devcontainer.json'
  const has = (file: string) => existsSync(join(checkout, file))
  const isFree = has(usual)
    ? isOurContainer(valueAt(readTextFile(join(checkout, usual)), ['name']))
    : !has('.devcontainer.json')
  return isFree ? usual : '.devcontainer/devenv/devcontainer.json'
}

/** The extensions that a checkout recommends to whoever opens it. */
export function readRecommended(checkout: string): string[] {
  const file = join(checkout, '.vscode/extensions.json')
  const listed = existsSync(file) ? valueAt(readTextFile(file), ['recommendations']) : undefined
  return Array.isArray(listed) ? listed.filter((each) => typeof each === 'string') : []
}

/** Run configurations of devenv that are there. */
export function readOurConfigurations(checkout: string): string[] {
  const folder = join(checkout, RUN_FOLDER)
  const names = existsSync(folder) ? readdirSync(folder) : []
  return names
    .filter((name) => /^devenv-.*\.run\.xml$/.test(name) && isOurConfiguration(readTextFile(join(folder, name))))
    .map((name) => join(RUN_FOLDER, name))
}

/**
 * Writes what is missing into files of a checkout, and hides from git those that it makes, unless the team shall have them. All are
 * looked at before the first is changed.
 * @param obsolete files of devenv's that go
 * @throws DevenvError `file-unmergeable`, `file-unusable`
 */
export async function writeEditorFiles(
  checkout: string,
  files: readonly EditorFile[],
  audience: Audience,
  obsolete: readonly string[] = [],
): Promise<Written> {
  for (const path of obsolete) requireInside(checkout, join(checkout, path))
  const merged = files.map((each) => {
    const file = join(checkout, each.path)
    requireInside(checkout, file)
    const isThere = existsSync(file)
    const text = isThere ? readTextFile(file) : ''
    return { path: each.path, isThere, text, now: merge(file, isThere ? text : undefined, each) }
  })
  const changed = merged.filter(({ text, now, isThere }) => !isThere || text !== now).map(({ path }) => path)
  const folders = changed.flatMap((path) => makeFolders(checkout, dirname(path)))
  for (const { path, now } of merged) if (changed.includes(path)) writeFileSync(join(checkout, path), now)
  const made = merged.filter(({ isThere }) => !isThere).map(({ path }) => path)
  for (const path of obsolete) rmSync(join(checkout, path))
  await giveToOwner(checkout, [...folders, ...made])
  const written = { changed, removed: [...obsolete], hidden: [], shown: [] }
  if (audience === 'clone') return { ...written, hidden: await hideFromGit(checkout, made) }
  const all = files.map(({ path }) => path)
  return { ...written, shown: await showToGit(checkout, all) }
}

/** Makes the Compose file of a running environment known to the definition of the container, under a name that does not change. */
export async function linkComposeFile(checkout: string, composeFile: string): Promise<void> {
  const link = join(checkout, COMPOSE_LINK)
  requireInside(checkout, dirname(link))
  const target = relative(dirname(link), composeFile)
  const found = lstatSync(link, { throwIfNoEntry: false })
  if (found?.isSymbolicLink() && readlinkSync(link) === target) return
  const folders = makeFolders(checkout, dirname(COMPOSE_LINK))
  rmSync(link, { force: true })
  symlinkSync(target, link)
  await giveToOwner(checkout, [...folders, COMPOSE_LINK])
  await hideFromGit(checkout, [COMPOSE_LINK])
}

/** `text`: what is in the file, where it is there. */
function merge(file: string, text: string | undefined, wanted: EditorFile): string {
  if ('text' in wanted) {
    if (text === undefined || wanted.isOurs(text)) return wanted.text
    throw new DevenvError({
      code: 'file-unmergeable',
      place: { file },
      detail: 'It is not one that devenv has written.',
    })
  }
  try {
    return mergeParts(text ?? `${wanted.heading}{}\n`, wanted.parts)
  } catch (error) {
    if (!(error instanceof UnmergeableText)) throw error
    throw new DevenvError({ code: 'file-unmergeable', place: { file, line: error.line }, detail: error.message })
  }
}

/** Gives those that were not there. */
function makeFolders(checkout: string, folder: string): string[] {
  if (existsSync(join(checkout, folder))) return []
  const above = makeFolders(checkout, dirname(folder))
  mkdirSync(join(checkout, folder))
  return [...above, folder]
}
