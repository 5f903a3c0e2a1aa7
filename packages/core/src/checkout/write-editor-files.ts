import { existsSync, lstatSync, mkdirSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { hideFromGit, showToGit } from '../git/git-repository.js'
import { DevenvError } from '../problem/problem.js'
import { readTextFile } from '../problem/read-text-file.js'
import { giveToOwner, requireInside } from './inside-checkout.js'
import { mergeParts, UnmergeableText, valueAt } from './merge-entries.js'
import { COMPOSE_LINK, type EditorFile, isOurContainer } from './plan-editor-files.js'

/** Whether git shall see the files that devenv makes: for the team, or for this clone alone. */
export type Audience = 'team' | 'clone'

/** What was written, and of what git was told. */
export type Written = { changed: string[]; hidden: string[]; shown: string[] }

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

/**
 * Writes what is missing into files of a checkout, and hides from git those that it makes, unless the team shall have them. All are
 * looked at before the first is changed.
 * @throws DevenvError `file-unmergeable`, `file-unusable`
 */
export async function writeEditorFiles(
  checkout: string,
  files: readonly EditorFile[],
  audience: Audience,
): Promise<Written> {
  const merged = files.map(({ path, heading, parts }) => {
    const file = join(checkout, path)
    requireInside(checkout, file)
    const isThere = existsSync(file)
    const text = isThere ? readTextFile(file) : `${heading}{}\n`
    return { path, isThere, text, now: merge(file, text, parts) }
  })
  const changed = merged.filter(({ text, now, isThere }) => !isThere || text !== now).map(({ path }) => path)
  const folders = changed.flatMap((path) => makeFolders(checkout, dirname(path)))
  for (const { path, now } of merged) if (changed.includes(path)) writeFileSync(join(checkout, path), now)
  const made = merged.filter(({ isThere }) => !isThere).map(({ path }) => path)
  await giveToOwner(checkout, [...folders, ...made])
  return audience === 'clone'
    ? { changed, hidden: await hideFromGit(checkout, made), shown: [] }
    : {
        changed,
        hidden: [],
        shown: await showToGit(
          checkout,
          files.map(({ path }) => path),
        ),
      }
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

function merge(file: string, text: string, parts: EditorFile['parts']): string {
  try {
    return mergeParts(text, parts)
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
