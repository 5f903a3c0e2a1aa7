// @ts-check
// Finds phrases that an English reader stumbles over, and prints each with its place and a plainer way to say it:
//
//   node tools/words.mjs            in all files that git knows
//   node tools/words.mjs FILE…      in these
//
// A comment in code may have them; messages, help texts, titles of tests and pages may not.

import { readFileSync } from 'node:fs'
import { $ } from 'zx'

/** A phrase (a regular expression), and what to write instead. */
const PHRASES = {
  'is lacking': 'is missing',
  'are lacking': 'are missing',
  'what is lacking': 'anything missing',
  'what is missing': 'anything missing; the missing parts',
  'what none': 'say which; "there is no … for X"',
  anew: 'again; a new one',
  'of ours(?!\\))': 'of devenv; an Open edX service, its container',
  'to be had': 'available; say who cannot get it',
  'has no word for': 'has an unknown key',
  'of no shape': 'that fits no variant',
  'is said': 'say who prints it: "devenv prints a note"',
  'run the same again': 'run the same command again',
  'npx devenv': 'somebody else’s package: npx --prefix devenv devenv, or here node packages/core/bin/devenv.js',
}

const WHERE = [
  '*.ts',
  '*.mjs',
  '*.js',
  '*.md',
  '*.py',
  '*.sh',
  '*.mk',
  '*Makefile',
  '*.yaml',
  '*.yml',
  '*/image/*',
  '*/container/*',
]
const EXCEPT = ['tools/words*', '*.svg', '*lock.json', '*CHANGELOG.md']

/**
 * `line` counts from 1. Pure.
 * @param {string} file
 * @param {string} text
 * @returns {{ line: number, phrase: string, instead: string }[]}
 */
export function findPhrases(file, text) {
  const isComment = file.endsWith('.md') ? /^$/ : /^\s*(\/\/|\/?\*|#)/
  return text.split('\n').flatMap((words, index) =>
    isComment.test(words)
      ? []
      : Object.entries(PHRASES).flatMap(([phrase, instead]) => {
          const found = new RegExp(`\\b(?:${phrase})\\b`, 'i').exec(words)
          return found === null ? [] : [{ line: index + 1, phrase: found[0], instead }]
        }),
  )
}

/** @param {string} file */
function read(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return '' // a link to a folder, or a file that is gone
  }
}

if (process.argv[1] === import.meta.filename) {
  const named = process.argv.slice(2)
  const { stdout } =
    await $`git ls-files -z --cached --others --exclude-standard -- ${WHERE} ${EXCEPT.map((path) => `:!${path}`)}`.quiet()
  const files = named.length > 0 ? named : stdout.split('\0').filter(Boolean)
  const found = files.flatMap((file) => findPhrases(file, read(file)).map((one) => ({ file, ...one })))
  for (const { file, line, phrase, instead } of found)
    process.stdout.write(`${file}:${line}: "${phrase}" → ${instead}\n`)
  if (found.length > 0) process.exitCode = 1
}
