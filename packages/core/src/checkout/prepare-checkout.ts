import { appendFileSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { EnvironmentPackage } from '../definition/definition.js'
import { FOLDER_IN_CHECKOUT, readManifest } from '../definition/find-package.js'
import { DevenvError } from '../problem/problem.js'
import { readTextFile } from '../problem/read-text-file.js'
import { runCommand } from '../process/run-command.js'
import { giveToOwner, requireInside } from './inside-checkout.js'
import { requireMakefile } from './read-targets.js'

const INCLUDE = 'include devenv/devenv.mk'

/**
 * The few lines of make that a checkout commits. They install the package when a target of ours is asked for
 * and it is not there, and hand over to it; for any other they only let a shell complete ours. Inside the container they
 * install nothing.
 */
const MAKE_LINES = `# Written by \`devenv init\`: the dev.% and devenv.% targets of this service's environment package.
ifndef DEVENV_CONTAINER
.PHONY: dev.watch dev.shell dev.clean
ifneq (,$(filter dev.% devenv.%,$(MAKECMDGOALS)))
include devenv/node_modules/@devenv/core/make/devenv.mk
devenv/node_modules/@devenv/core/make/devenv.mk: devenv/package-lock.json
	@cd devenv && npm ci --no-audit --no-fund --loglevel=error >&2 && touch -r package-lock.json node_modules/@devenv/core/make/devenv.mk
else
-include $(wildcard devenv/node_modules/@devenv/core/make/devenv.mk)
endif
else
-include $(wildcard devenv/node_modules/@devenv/core/make/devenv.mk)
endif
`

/** The one that GNU make reads, of several; by its exact name, also where the file system makes no difference. */
export function makefileOf(checkout: string): string {
  const names = readdirSync(checkout)
  return ['GNUmakefile', 'makefile', 'Makefile'].find((name) => names.includes(name)) ?? 'Makefile'
}

type Edit = { file: string; lines: string; change: 'create' | 'append' }

/**
 * What \`devenv init\` changes: the folder \`devenv/\`, one line of the Makefile, the \`.dev/\` lines of the ignore
 * files; each once.
 */
export function readEdits(checkout: string): Edit[] {
  const read = (name: string) => (existsSync(join(checkout, name)) ? readTextFile(join(checkout, name)) : undefined)
  const edits: Edit[] = []
  const ensureLines = (file: string, ...wanted: readonly { pattern: RegExp; line: string }[]) => {
    const text = read(file)
    const missing = wanted.filter(({ pattern }) => text === undefined || !pattern.test(text))
    const lines = missing.map(({ line }) => `${line}\n`).join('')
    if (text === undefined) edits.push({ file, lines, change: 'create' })
    else if (missing.length > 0) edits.push({ file, lines: separating(text) + lines, change: 'append' })
  }
  if (read(join(FOLDER_IN_CHECKOUT, 'devenv.mk')) !== MAKE_LINES)
    edits.push({ file: join(FOLDER_IN_CHECKOUT, 'devenv.mk'), lines: MAKE_LINES, change: 'create' })
  ensureLines(
    join(FOLDER_IN_CHECKOUT, '.gitignore'),
    { pattern: /^node_modules\/$/m, line: 'node_modules/' },
    { pattern: /^\*\.local\.env$/m, line: '*.local.env' },
  )
  ensureLines(makefileOf(checkout), { pattern: /^-?include devenv\/devenv\.mk$/m, line: INCLUDE })
  // A folder of which something is tracked stays visible to git: what is in it is ignored, not it.
  for (const file of ['.gitignore', '.dockerignore'])
    ensureLines(file, { pattern: /^\/?\.dev\/?(\*|devenv\/?)?$/m, line: '.dev/' })
  return edits
}

/** What ends the last line of a text, also one that a backslash has go on. Pure. */
const separating = (text: string): string =>
  (text === '' || text.endsWith('\n') ? '' : '\n') + (/(?<!\\)(\\\\)*\\\n?$/.test(text) ? '\n' : '')

/**
 * Prepares a checkout to depend on an environment package. npm itself writes the dependency and its lock, for
 * each of `specs` as npm understands them (a version, a file).
 * @returns the files that were changed
 * @throws DevenvError `init-unmade` with npm's words, `makefile-unreadable` with make's
 */
export async function prepareCheckout(
  checkout: string,
  environmentPackage: EnvironmentPackage,
  specs: readonly string[],
): Promise<string[]> {
  const folder = join(checkout, FOLDER_IN_CHECKOUT)
  const manifest = join(folder, 'package.json')
  const changed: string[] = []
  const edited = readEdits(checkout).map(({ file }) => join(checkout, file))
  await requireMakefile(checkout)
  mkdirSync(folder, { recursive: true })
  for (const file of [manifest, ...edited]) requireInside(checkout, file)
  if (!existsSync(manifest)) {
    writeFileSync(manifest, `${JSON.stringify({ private: true, dependencies: {} }, null, 2)}\n`)
    changed.push('devenv/package.json')
  }
  const dependencies = readManifest(manifest).dependencies ?? {}
  // npm runs in `devenv/`; a file is named from where the person stands.
  const named = specs.map((spec) => (existsSync(spec) ? resolve(spec) : spec))
  const wanted = named.length > 0 ? named : [`${environmentPackage.name}@${environmentPackage.version}`]
  if (specs.length > 0 || dependencies[environmentPackage.name] === undefined) {
    const { exitCode, stderr } = await runCommand({
      argv: ['npm', 'install', '--save-exact', '--no-audit', '--no-fund', '--loglevel=error', ...wanted],
      cwd: folder,
    })
    // Only what was made here: a person's settings may lie beside it.
    if (exitCode !== 0 && changed.length > 0) {
      rmSync(manifest)
      if (readdirSync(folder).length === 0) rmSync(folder, { recursive: true })
    }
    if (exitCode !== 0) throw new DevenvError({ code: 'init-unmade', checkout, detail: stderr.trim() })
    changed.push('devenv/package-lock.json')
  }
  for (const { file, lines, change } of readEdits(checkout)) {
    if (change === 'create') writeFileSync(join(checkout, file), lines)
    else appendFileSync(join(checkout, file), lines)
    changed.push(file)
  }
  const unowned = await giveToOwner(checkout, [FOLDER_IN_CHECKOUT, ...changed])
  if (unowned !== undefined) throw new DevenvError({ code: 'init-unmade', checkout, detail: unowned })
  return changed
}
