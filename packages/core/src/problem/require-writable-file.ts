import { accessSync, constants, existsSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { DevenvError } from './problem.js'

/**
 * What was carried out may be impossible to take back: that there is no place for what tells of it is said before.
 * @param named how a person names the file, as the option
 * @throws DevenvError `file-unwritable`
 */
export function requireWritableFile(file: string, named: string): void {
  const unwritable = (detail: string) => new DevenvError({ code: 'file-unwritable', file, named, detail })
  const folder = dirname(resolve(file))
  if (!existsSync(folder)) throw unwritable(`There is no folder ${folder}.`)
  if (!statSync(folder).isDirectory()) throw unwritable(`${folder} is no folder.`)
  if (existsSync(file) && statSync(file).isDirectory()) throw unwritable('It is a folder.')
  try {
    accessSync(existsSync(file) ? file : folder, constants.W_OK)
  } catch (error) {
    throw unwritable((error as Error).message)
  }
}
