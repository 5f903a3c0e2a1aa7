import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { type Definition, imageFolderOf } from './definition.js'

/** A program of supervisord, and where it is declared. */
type Program = { name: string; file: string; line: number; command: string | undefined; logfile: string | undefined }

/** The programs that are declared in supervisor/*.conf of the image's folder. */
export const readDeclaredPrograms = (definition: Definition): Program[] =>
  filesOf(definition).flatMap((file) => parsePrograms(file, readFileSync(file, 'utf8')))

/** Those that may be chosen, by the names of their files. */
export const readProgramNames = (definition: Definition): string[] =>
  filesOf(definition).map((file) => basename(file, '.conf'))

function filesOf(definition: Definition): string[] {
  const folder = join(imageFolderOf(definition), 'supervisor')
  const names = existsSync(folder) ? readdirSync(folder).sort() : []
  return names.filter((name) => /.\.conf$/.test(name)).map((name) => join(folder, name))
}

/** Pure. Continued lines of a value are not needed here, and skipped. */
export function parsePrograms(file: string, text: string): Program[] {
  const programs: Program[] = []
  let inProgram = false
  for (const [index, line] of text.split('\n').entries()) {
    const section = /^\[(?:(program):)?([^\]]+)\]/.exec(line)
    inProgram = section === null ? inProgram : section[1] !== undefined
    if (section?.[1])
      programs.push({ name: section[2] ?? '', file, line: index + 1, command: undefined, logfile: undefined })
    const program = programs.at(-1)
    const [, key, value] = /^(\w+)\s*=\s*(.*)$/.exec(line) ?? []
    if (!inProgram || program === undefined || key === undefined) continue
    if (key === 'command') program.command = value
    if (/^std(out|err)_logfile$/.test(key)) program.logfile = key
  }
  return programs
}
