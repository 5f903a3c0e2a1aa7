import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseEnv } from 'node:util'
import { DevenvError } from '../problem/problem.js'
import { readTextFile } from '../problem/read-text-file.js'
import { parseBeside, REMEMBERED } from './settings.js'

/** The files of a checkout that hold settings, each over the one before: a team's, in git; a person's, which git ignores. */
const FILES = ['devenv/settings.env', 'devenv/settings.local.env']

const PATHS = ['DEVENV_DIR', 'DEVENV_DIGESTS', 'DEVENV_CA_BUNDLE']
const KNOWN: readonly string[] = [
  ...PATHS,
  'DEVENV_OFFLINE',
  'DEVENV_SEEDS',
  'DEVENV_FOLLOW_BRANCH',
  ...Object.values(REMEMBERED),
]
/** What has to be known before a checkout is: which engine and which package a command means. */
const FROM_THE_SHELL = ['DEVENV_PACKAGE', 'DEVENV_DEBUG', 'DOCKER_HOST', 'DOCKER_CONTEXT']
export const KNOWN_SETTINGS: readonly string[] = [...KNOWN, ...FROM_THE_SHELL]
/** How devenv is typed where make calls it (make/devenv.mk). */
const OF_MAKE = ['DEVENV_MAKE', 'DEVENV_MAKE_FROM', 'DEVENV_MAKE_OPTIONS']

/**
 * The variables that a checkout's files set, as `NAME=value` lines (https://nodejs.org/api/util.html#utilparseenvcontent).
 * Paths count from the checkout.
 * @throws DevenvError `settings-invalid`
 */
export function readSettingsFiles(checkout: string): Record<string, string> {
  const files = FILES.map((name) => join(checkout, name)).filter((file) => existsSync(file))
  const set = Object.assign({}, ...files.map((file) => parseSettings(file, readTextFile(file))))
  return Object.fromEntries(
    Object.entries<string>(set).map(([name, value]) => [
      name,
      name === REMEMBERED.with
        ? (parseBeside(value, checkout) ?? []).map((path) => JSON.stringify(path)).join(' ') || value
        : PATHS.includes(name) && value !== ''
          ? resolve(checkout, value)
          : value,
    ]),
  )
}

/** Variables of the shell that have our prefix, and that devenv does not know. Pure. */
export const foreignIn = (shell: NodeJS.ProcessEnv): string[] =>
  Object.keys(shell).filter(
    (name) => name.startsWith('DEVENV_') && !KNOWN_SETTINGS.includes(name) && !OF_MAKE.includes(name),
  )

/** @throws DevenvError `settings-invalid` */
export function parseSettings(file: string, text: string): Record<string, string> {
  const invalid = (line: number, detail: string, fix: string) =>
    new DevenvError({ code: 'settings-invalid', place: { file, line }, detail, fix })
  for (const [index, line] of text.split('\n').entries()) {
    if (/^\s*(#.*)?$/.test(line)) continue
    const name = /^\s*([A-Za-z_]\w*)\s*=/.exec(line)?.[1]
    if (name === undefined)
      throw invalid(
        index + 1,
        'this line does not set a variable',
        'Write NAME=value, one in a line; # begins a comment.',
      )
    if (FROM_THE_SHELL.includes(name))
      throw invalid(index + 1, `${name} cannot be set in this file`, `Set ${name} in the shell.`)
    if (name.startsWith('DEVENV_') && !KNOWN.includes(name))
      throw invalid(index + 1, `there is no setting ${name}`, `These can be set here: ${KNOWN.join(', ')}.`)
  }
  return parseEnv(text) as Record<string, string>
}
