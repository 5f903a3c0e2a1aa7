import { createWriteStream, existsSync, lstatSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { requireSpace } from '../../machine/require-space.js'
import { DevenvError } from '../../problem/problem.js'
import { quoted } from '../../problem/quoted.js'
import { requireWritableFile } from '../../problem/require-writable-file.js'
import { pipeCommand, runCommand } from '../../process/run-command.js'
import type { Environment, Paths } from '../environment.js'
import { type Archive, readArchive, temporaryBeside, verifyArchive } from './archive.js'
import { isOwnFolder, makeOwnFolder, ownAll } from './data-directory.js'

/** All data of an environment, as a person kept them. */
export type Save = Archive & { name: string }

/** What ends with `.tmp` is not whole yet. */
const NAME = /^(?!.*\.tmp$)[A-Za-z0-9][\w.-]{0,63}$/

/** @throws DevenvError `save-misnamed` */
export function requireSaveName(name: string): void {
  if (!NAME.test(name)) throw new DevenvError({ code: 'save-misnamed', name })
}

export const saveFolder = ({ saves }: Paths, name: string): string => join(saves, name)

/** The newest first. One that is damaged is told by its name alone. */
export function listSaves(paths: Paths): { saves: Save[]; damaged: string[] } {
  const names = isOwnFolder(paths.saves) ? readdirSync(paths.saves).filter((name) => NAME.test(name)) : []
  const saves: Save[] = []
  const damaged: string[] = []
  for (const name of names) {
    try {
      saves.push({ ...readArchive(saveFolder(paths, name)), name })
    } catch (error) {
      if (!(error instanceof DevenvError)) throw error
      damaged.push(name)
    }
  }
  const newest = (one: Save, other: Save) => (one.description.created < other.description.created ? 1 : -1)
  return { saves: saves.sort(newest), damaged }
}

/** @throws DevenvError `save-unknown`, `archive-damaged` */
export function readSave(paths: Paths, name: string): Save {
  requireKnown(paths, name)
  return { ...readArchive(saveFolder(paths, name)), name }
}

function requireKnown(paths: Paths, name: string): void {
  const known = isOwnFolder(paths.saves) ? readdirSync(paths.saves).filter((other) => NAME.test(other)) : []
  if (!known.includes(name)) throw new DevenvError({ code: 'save-unknown', name, known })
}

/** @throws DevenvError `save-misnamed`, `save-taken` */
export function requireFree(paths: Paths, name: string): void {
  requireSaveName(name)
  if (existsSync(saveFolder(paths, name))) throw new DevenvError({ code: 'save-taken', name })
}

/** @throws DevenvError `save-unknown` */
export function deleteSave(paths: Paths, name: string): void {
  requireKnown(paths, name)
  rmSync(saveFolder(paths, name), { recursive: true })
}

/** Has a save take the name, and the place, of an older one, which stays where the new one is not there. */
export function replaceSave(paths: Paths, name: string, fresh: string): void {
  const folder = saveFolder(paths, name)
  const taken = temporaryBeside(folder)
  renameSync(saveFolder(paths, fresh), taken)
  rmSync(folder, { recursive: true, force: true })
  renameSync(taken, folder)
}

export const createSavesFolder = ({ paths, checkout }: Environment): void => makeOwnFolder(paths.saves, checkout)

/** Writes a save as one file, a tar of its folder: what `oras` and `skopeo` call an OCI layout. @throws DevenvError `save-unknown`, `archive-damaged`, `file-taken`, `file-unwritable` */
export async function exportSave(paths: Paths, name: string, file: string): Promise<void> {
  const save = readSave(paths, name)
  if (existsSync(file)) throw new DevenvError({ code: 'file-taken', file })
  requireWritableFile(file, `devenv data export ${name}`)
  // Elsewhere it would be refused, when this one may be gone.
  await verifyArchive(save)
  const unfinished = temporaryBeside(file)
  const out = createWriteStream(unfinished, { flags: 'wx' })
  const written = new Promise<void>((resolve, reject) => out.once('close', resolve).once('error', reject))
  try {
    const ended = pipeCommand({ argv: ['tar', '--create', '--directory', save.folder, '.'] }, out)
    const { exitCode, stderr } = await Promise.race([ended, written.then(() => ended)])
    out.end()
    await written
    if (exitCode !== 0) throw new DevenvError({ code: 'archive-damaged', archive: save.folder, detail: stderr.trim() })
    renameSync(unfinished, file)
  } catch (error) {
    rmSync(unfinished, { force: true })
    throw error
  }
}

/** The parts of an archive, and nothing else: a file from elsewhere must not bring links, or files that nobody reads. */
const PARTS = /^(oci-layout|index\.json|blobs|blobs\/sha256|blobs\/sha256\/[0-9a-f]{64})$/

/**
 * Takes a file that `exportSave` wrote, on this machine or another.
 * @throws DevenvError `save-misnamed`, `save-taken`, `save-foreign`, `save-file-unusable`, `disk-full`
 */
export async function importSave({ paths, checkout, service }: Environment, file: string, name: string): Promise<Save> {
  requireFree(paths, name)
  const unusable = (detail: string) => new DevenvError({ code: 'save-file-unusable', file, detail })
  if (!existsSync(file)) throw unusable('It is not there.')
  await requireSpace(paths.saves, { file, bytes: statSync(file).size })
  for (const folder of [paths.dataDirectory, paths.home, paths.saves]) makeOwnFolder(folder, checkout)
  const folder = temporaryBeside(saveFolder(paths, name))
  try {
    mkdirSync(folder)
    const { exitCode, stderr } = await runCommand({
      argv: ['tar', '--extract', '--no-same-owner', '--file', file, '--directory', folder],
    })
    if (exitCode !== 0) throw unusable(stderr.trim())
    for (const part of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      const found = lstatSync(join(folder, part))
      if (!PARTS.test(part) || !(found.isFile() || found.isDirectory())) throw unusable(`It holds ${quoted(part)}.`)
    }
    const archive = readArchive(folder)
    await verifyArchive(archive)
    requireOfService({ name, description: archive.description }, service)
    ownAll(folder, checkout)
    requireFree(paths, name)
    renameSync(folder, saveFolder(paths, name))
    return readSave(paths, name)
  } catch (error) {
    rmSync(folder, { recursive: true, force: true })
    const damage = error instanceof DevenvError ? error.problems[0] : undefined
    throw damage?.code === 'archive-damaged' ? unusable(`${damage.detail}.`) : error
  }
}

/** @throws DevenvError `save-foreign` for data of another service, or none at all */
export function requireOfService({ name, description }: Pick<Save, 'name' | 'description'>, service: string): void {
  const refuse = (detail: string) => new DevenvError({ code: 'save-foreign', name, detail })
  if (description.service !== service) throw refuse(`It is of ${description.service}, and this is ${service}.`)
  if (Object.keys(description.stores).length === 0) throw refuse('It holds no data.')
}

/** `before-0350` of `~/before-0350.tar`. Pure. */
export const nameOfFile = (file: string): string => basename(file).replace(/\.tar$/, '')
