import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { globSync } from 'tinyglobby'
import { CORE_DIRECTORY } from '../definition/core-directory.js'
import { DevenvError } from '../problem/problem.js'
import { makeFolders } from '../process/cache-folder.js'
import { fillTemplate } from './fill-template.js'
import type { PackagePlan } from './plan-package.js'

const TEMPLATES = join(CORE_DIRECTORY, 'templates')

/**
 * Writes a package of the templates for its kind into a folder that is new, or empty: all of it, or nothing. Returns the files,
 * relative to it.
 * @throws DevenvError `package-taken`, `folder-unusable`
 */
export function writePackage(directory: string, { kind, values, without }: PackagePlan): string[] {
  if (existsSync(directory) && readdirSync(directory).length > 0)
    throw new DevenvError({ code: 'package-taken', directory })
  const unfinished = join(dirname(directory), `.${basename(directory)}.new`)
  makeEmpty(unfinished)
  const written: string[] = []
  for (const templates of [join(TEMPLATES, 'common'), join(TEMPLATES, kind)]) {
    for (const template of globSync('**', { cwd: templates, dot: true }).sort()) {
      if (without.includes(template)) continue
      const file = join(unfinished, template)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, fillTemplate(readFileSync(join(templates, template), 'utf8'), values))
      written.push(template)
    }
  }
  renameSync(unfinished, directory)
  return written.sort()
}

/** @throws DevenvError `folder-unusable` */
function makeEmpty(folder: string): void {
  const parent = dirname(folder)
  try {
    rmSync(folder, { recursive: true, force: true })
    makeFolders(folder)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const detail = code === 'ENOENT' ? 'Its file system takes no new folders.' : message
    throw new DevenvError({ code: 'folder-unusable', folder: parent, variable: '--directory', detail })
  }
}
