import { createWriteStream, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { findImage } from '../engine/containers.js'
import type { Engine } from '../engine/engine.js'
import { pipeDocker } from '../engine/run-docker.js'
import { DevenvError } from '../problem/problem.js'
import { readTextFile } from '../problem/read-text-file.js'
import { cacheFolder, makeCacheFolder } from '../process/cache-folder.js'
import { listAbandoned, PROCESS_MARK, processMark } from '../process/process-mark.js'
import { runCommand } from '../process/run-command.js'
import { type Report, step } from '../progress/progress.js'

/** Packages of an image on this machine: the folders in which Python would look for modules, in its order. */
export type ExportedPackages = { folders: string[]; were: 'there already' | 'exported' }

const TOOL = '/opt/devenv/bin/export-packages'
const DIGEST = /^[0-9a-f]{64}$/

/** Whether a folder that some setting names is one of these. Pure. */
export const isExported = (folder: string): boolean => /\/devenv\/packages\/[0-9a-f]{64}\//.test(folder)

/**
 * Has the packages of an image's Python under the person's cache folder, where nothing that walks a checkout meets them, by the digest of
 * the image: they are exported once. Those of images that the engine does not have any more go.
 * @param reference of an image that the engine has
 * @throws DevenvError `packages-missing`, `folder-unusable`
 */
export async function exportPackages(engine: Engine, reference: string, report: Report): Promise<ExportedPackages> {
  const id = (await findImage(engine, reference))?.Id ?? ''
  const all = makeCacheFolder('packages')
  const folder = join(all, id.replace(/^sha256:/, ''))
  const isThere = existsSync(folder)
  if (!isThere) {
    await removeUnused(engine, all)
    await step(report, 'export packages', `of the image ${reference}`, () => fill(folder, id, reference))
  }
  return { folders: readFolders(folder), were: isThere ? 'there already' : 'exported' }
}

async function removeUnused(engine: Engine, all: string): Promise<void> {
  const unfinished = listAbandoned(all, new RegExp(`\\.${PROCESS_MARK.source}$`))
  const names = readdirSync(all).filter((name) => DIGEST.test(name))
  const images = await Promise.all(names.map((name) => findImage(engine, `sha256:${name}`)))
  const unused = names.filter((_name, at) => images[at] === undefined).map((name) => cacheFolder('packages', name))
  for (const folder of [...unfinished, ...unused]) rmSync(folder, { recursive: true, force: true })
}

/** It has its name once it is whole. */
async function fill(folder: string, id: string, reference: string): Promise<void> {
  const fresh = `${folder}.${processMark()}`
  mkdirSync(fresh)
  try {
    await unpack(id, reference, fresh)
    // Somebody else may have exported the same meanwhile.
    if (!existsSync(folder)) renameSync(fresh, folder)
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
}

async function unpack(id: string, reference: string, into: string): Promise<void> {
  const archive = join(into, 'archive.tar')
  const out = createWriteStream(archive)
  const exported = await pipeDocker(['run', '--rm', '--network', 'none', '--entrypoint', TOOL, id], out)
  out.end()
  await finished(out)
  const missing = (detail: string) => new DevenvError({ code: 'packages-missing', image: reference, detail })
  if (exported.exitCode !== 0) throw missing(exported.stderr.trim())
  const unpacked = await runCommand({ argv: ['tar', '-x', '--no-same-owner', '-f', archive, '-C', into] })
  if (unpacked.exitCode !== 0) throw missing(unpacked.stderr.trim())
  rmSync(archive)
  if (readFolders(into).length === 0) throw missing('Its python3 has no folder of packages.')
}

/** What `export-packages` has put first. */
const readFolders = (folder: string): string[] =>
  (JSON.parse(readTextFile(join(folder, 'paths'))) as string[]).map((path) => join(folder, path))
