import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { DevenvError, type Place } from '../problem/problem.js'
import { readTextFile } from '../problem/read-text-file.js'
import { type Outcome, runCommand } from '../process/run-command.js'

/** A target that a Makefile has by name, what a comment behind it says (`test: ## run the tests`), and where its recipe stands. */
export type Target = { name: string; about: string | undefined; recipe: Place | undefined }

/** Has make print what it knows, and run nothing. */
export const DATABASE = ['make', '-npqrR', '--no-print-directory', 'DEVENV_CONTAINER=targets', '.DEFAULT'] as const

/** The targets of a checkout as make knows them in the container, included files too; nothing is run. None where make cannot read them. */
export async function readTargets(checkout: string): Promise<Target[]> {
  const { targets, files } = parseDatabase((await askMake(checkout)).stdout)
  const read = files.map((file) => resolve(checkout, file)).filter((file) => existsSync(file))
  const about = parseComments(read.map((file) => readTextFile(file)).join('\n'))
  return targets.map(({ name, recipe }) => ({ name, about: about.get(name), recipe }))
}

async function askMake(checkout: string): Promise<Outcome> {
  const { MAKEFLAGS: _, MFLAGS: __, MAKELEVEL: ___, ...env } = process.env
  return await runCommand({ argv: DATABASE, cwd: checkout, env: { ...env, LC_ALL: 'C' } })
}

/** @throws DevenvError `makefile-unreadable`: a line behind what was begun and not ended would be part of that */
export async function requireMakefile(checkout: string): Promise<void> {
  const { stderr } = await askMake(checkout)
  const [, file, line, detail] = /^(.+):(\d+): \*\*\* ((?:missing|unterminated) .*?)\. {2}Stop\.$/m.exec(stderr) ?? []
  if (file === undefined || detail === undefined) return
  throw new DevenvError({
    code: 'makefile-unreadable',
    place: { file: resolve(checkout, file), line: Number(line) },
    detail,
  })
}

/** What `make -p` prints: its explicit targets, special ones aside, its patterns, and the Makefiles. Pure. */
export function parseDatabase(text: string): {
  targets: Omit<Target, 'about'>[]
  patterns: string[]
  files: string[]
} {
  const files = /^MAKEFILE_LIST :?= (.*)$/m.exec(text)?.[1]?.split(/\s+/).filter(Boolean) ?? []
  const implicit = text.slice(text.indexOf('\n# Implicit Rules\n'), text.indexOf('\n# Files\n'))
  const patterns = [...implicit.matchAll(/^([^\s#:]*%[^\s#:]*)::?(?!=)/gm)].map(([, pattern = '']) => pattern)
  const blocks = text.slice(text.indexOf('\n# Files\n'), text.indexOf('\n# Finished Make data base')).split('\n\n')
  const targets = blocks.flatMap((block) => {
    const name = /^([^\s#:%.][^\s#:%]*)::?(?!=)/m.exec(block)?.[1]
    if (name === undefined || block.includes('# Not a target:')) return []
    // Before 4.0: commands to execute (from `Makefile', line 3)
    const [, file, line] = /^# {2}(?:recipe|commands) to execute \(from ['`](.*)', line (\d+)\)/m.exec(block) ?? []
    return [{ name, recipe: file === undefined ? undefined : { file, line: Number(line) } }]
  })
  return { targets: targets.sort((one, other) => (one.name < other.name ? -1 : 1)), patterns, files }
}

/** Target to the comment behind it. Pure. */
export const parseComments = (makefiles: string): Map<string, string> =>
  new Map(
    [...makefiles.matchAll(/^([^\s#:=][^#:=\n]*):(?![=]).*?##\s*(.+)$/gm)].flatMap(([, names = '', about = '']) =>
      names
        .trim()
        .split(/\s+/)
        .map((name) => [name, about.trim()] as const),
    ),
  )

/** The targets that there are, where `target` is none of them and no pattern stands for it; else `undefined`. Pure. */
export function knownBeside(target: string, database: string): string[] | undefined {
  const { targets, patterns } = parseDatabase(database)
  const names = targets.map(({ name }) => name)
  const fits = (pattern: string) => {
    const [head = '', tail = ''] = pattern.split('%')
    return target.startsWith(head) && target.endsWith(tail) && target.length > head.length + tail.length
  }
  return names.length === 0 || names.includes(target) || patterns.some(fits) ? undefined : names
}
