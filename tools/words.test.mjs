// @ts-check
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { findPhrases } from './words.mjs'

const COMMAND = fileURLToPath(new URL('words.mjs', import.meta.url))

test('a phrase is found with its line, whatever its case', () => {
  expect(findPhrases('page.md', 'All is well.\n\nNot To Be Had: mysql.\n')).toEqual([
    { line: 3, phrase: 'To Be Had', instead: expect.stringContaining('available') },
  ])
  expect(findPhrases('a.ts', "  say('What is missing is made anew.')\n").map(({ phrase }) => phrase)).toEqual([
    'What is missing',
    'anew',
  ])
})

test.each([
  { title: 'a part of a word', file: 'page.md', text: 'Janew wrote it.' },
  { title: 'a comment in code', file: 'a.ts', text: ' * an image of ours\n// made anew' },
  { title: 'a comment in a script', file: 'a.sh', text: '# what is missing' },
  { title: 'a loop', file: 'a.ts', text: 'for (const service of ours) start(service)' },
  { title: 'devenv with its prefix', file: 'page.md', text: 'npx --prefix devenv devenv status' },
])('$title is no phrase', ({ file, text }) => {
  expect(findPhrases(file, text)).toEqual([])
})

test('a heading of a page is no comment', () => {
  expect(findPhrases('page.md', '# What is missing')).toHaveLength(1)
})

test('the command prints file and line, and fails', () => {
  const folder = mkdtempSync(join(tmpdir(), 'devenv-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'page.md')
  writeFileSync(file, 'Good.\nRun `npx devenv doctor`.\n')
  const failed = spawnSync(process.execPath, [COMMAND, file], { encoding: 'utf8' })
  expect(failed.status).toBe(1)
  expect(failed.stdout).toMatch(new RegExp(`^${file}:2: "npx devenv" → .*--prefix`))
  writeFileSync(file, 'Good.\n')
  expect(spawnSync(process.execPath, [COMMAND, file], { encoding: 'utf8' })).toMatchObject({ status: 0, stdout: '' })
})
