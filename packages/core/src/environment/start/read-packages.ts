import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CORE_DIRECTORY } from '../../definition/core-directory.js'
import type { EnvironmentPackage } from '../../definition/definition.js'
import { readManifest } from '../../definition/find-package.js'
import { sha256Of } from '../../hash/sha256.js'
import { readTextFile } from '../../problem/read-text-file.js'
import type { StartedWith } from '../data/record.js'

/** A package that an environment is made from. `changelog`: that of `nx release`, where another version than the last is here. */
export type ObservedPackage = { name: string; version: string; content: string; changelog: Changelog | undefined }
export type Changelog = { file: string; text: string }

/** What environments are made from in core; the rest is the command. */
const OF_CORE = ['compose', 'container']

/** The environment package and core, as they are now. @param before as they were at the last start */
export async function readPackages(
  environmentPackage: EnvironmentPackage,
  before: StartedWith | undefined,
): Promise<ObservedPackage[]> {
  const core = readManifest(join(CORE_DIRECTORY, 'package.json'))
  const { files = ['**'] } = readManifest(join(environmentPackage.directory, 'package.json'))
  const read = [
    { ...environmentPackage, files },
    { name: core.name, version: core.version, directory: CORE_DIRECTORY, files: OF_CORE },
  ].map(async ({ name, version, directory, files }) => ({
    name,
    version,
    content: await readContent(directory, files),
    changelog: [undefined, version].includes(before?.[name]?.version) ? undefined : readChangelog(directory),
  }))
  return await Promise.all(read)
}

/** A hash of the files that npm ships of a package. `files`: as in its package.json. */
async function readContent(directory: string, files: readonly string[]): Promise<string> {
  const { glob } = await import('tinyglobby')
  const ignore = ['**/node_modules/**', '**/__pycache__/**']
  const found = (await glob([...files], { cwd: directory, ignore, dot: true, followSymbolicLinks: false })).sort()
  return sha256Of(JSON.stringify(found.map((file) => [file, sha256Of(readFileSync(join(directory, file)))])))
}

function readChangelog(directory: string): Changelog | undefined {
  const file = join(directory, 'CHANGELOG.md')
  return existsSync(file) ? { file, text: readTextFile(file) } : undefined
}
