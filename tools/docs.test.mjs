// @ts-check
// Every link of a page leads to a file and a heading that exist, and every command in its code is one that exists.

import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { createProgram } from '../packages/core/src/cli/program.ts'

const REPOSITORY = fileURLToPath(new URL('..', import.meta.url))
/** @param {string} file */
const read = (file) => readFileSync(join(REPOSITORY, file), 'utf8')

const PAGES = execFileSync('git', ['ls-files', '-z', '--', '*.md', ':!*CHANGELOG.md'], {
  cwd: REPOSITORY,
  encoding: 'utf8',
})
  .split('\0')
  .filter(Boolean)
/** Their tables have the commands of others in the first column. */
const COMPARISONS = ['docs/from-devstack.md', 'docs/from-tutor.md']

// --- links -----------------------------------------------------------------------------------------------------------

const FENCED = /^( *)```(.*)\n([\s\S]*?)^\1```/gm

/**
 * Pure.
 * @param {string} text
 */
const linksIn = (text) => {
  const prose = text.replace(FENCED, '').replace(/`[^`\n]+`/g, '')
  const found = [...prose.matchAll(/\]\(([^)\s]+)\)|^\[[^\]]+\]: (\S+)/gm)]
  return found.map(([, inline, reference]) => inline ?? reference ?? '').filter((link) => !/^[a-z]+:/.test(link))
}

/**
 * As GitHub names them. Pure.
 * @param {string} text
 */
const anchorsIn = (text) =>
  [...text.replace(FENCED, '').matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  )

/**
 * The links of a page that lead nowhere.
 * @param {string} page
 * @param {string} text
 */
const brokenLinks = (page, text) =>
  linksIn(text).filter((link) => {
    const [path = '', anchor] = link.split('#')
    const file = path === '' ? page : join(dirname(page), path)
    if (!existsSync(join(REPOSITORY, file))) return true
    if (anchor === undefined) return false
    return (
      statSync(join(REPOSITORY, file)).isDirectory() || !anchorsIn(file === page ? text : read(file)).includes(anchor)
    )
  })

// --- commands --------------------------------------------------------------------------------------------------------

const PROGRAM = createProgram()
const GLOBAL = PROGRAM.options.map(({ long }) => long)

/**
 * The targets of a makefile, those with a pattern as `dev.%`. Pure.
 * @param {string} text
 */
const targetsIn = (text) =>
  [...text.replaceAll('\\\n', '').matchAll(/^([\w.%-][\w.% -]*):(?!=)/gm)].flatMap(([, names = '']) => names.split(' '))

const OWN = targetsIn(read('Makefile'))
const HELLO = targetsIn(read('examples/hello/service/Makefile'))
const SUPPLIED = targetsIn(read('packages/core/make/devenv.mk'))

/**
 * The code of a page, a command a line. Pure.
 * @param {string} page
 * @param {string} text
 */
function codeIn(page, text) {
  const ours = COMPARISONS.includes(page) ? text.replace(/^\|[^|]*\|/gm, '|') : text
  const blocks = [...ours.matchAll(FENCED)].flatMap(([, , , block = '']) => block.replaceAll('\\\n', ' ').split('\n'))
  const indented = [...ours.replace(FENCED, '').matchAll(/^ {4}(\S.*)$/gm)].map(([, line = '']) => line)
  const inline = [...ours.replace(FENCED, '').matchAll(/`([^`]+)`/g)].map(([, code = '']) => code.replaceAll('\n', ' '))
  return [
    ...blocks.map((line) => line.replace(/(^|\s)#.*/, '')),
    ...indented.map((line) => line.replace(/\s#.*/, '')),
    ...inline,
  ]
}

/**
 * What is wrong with a line of code: commands, options and targets that do not exist. Pure.
 * @param {string} page
 * @param {string} line
 */
function faultsIn(page, line) {
  /** @type {string[]} */
  const faults = []
  for (const part of line.split(/&&|[;|]|\$\(/)) {
    const words = part.trim().split(/\s+/)
    const at = words.findLastIndex(
      (word, index) => word === 'devenv' || (word.endsWith('/devenv.js') && words[index - 1] === 'node'),
    )
    if (at >= 0 && at + 1 < words.length && !words.slice(0, at).includes('docker'))
      faults.push(...faultsOfDevenv(words.slice(at + 1)))
    else faults.push(...faultsOfMake(page, words))
    const target = /\bnx run \S+?:([\w.-]+)/.exec(part)?.[1]
    if (target !== undefined && commandOf(target) === undefined) faults.push(`nx run …:${target}`)
  }
  return faults
}

/** @param {string} name */
const commandOf = (name) => PROGRAM.commands.find((command) => command.name() === name)

/** @param {string[]} words */
function faultsOfDevenv(words) {
  const bare = words.filter(
    (word, index) => !word.startsWith('-') && !/^--(checkout|package)$/.test(words[index - 1] ?? ''),
  )
  const name = bare[0] ?? ''
  if (!/^[a-z]+$/.test(name)) return []
  const group = commandOf(name)
  if (group === undefined) return [`devenv ${name}`]
  const command = group.commands.find((each) => each.name() === bare[1]) ?? group
  const known = [...GLOBAL, ...command.options.map(({ long }) => long), '--help']
  const end = words.indexOf('--')
  const own = name === 'make' ? words.slice(0, words.indexOf(name)) : words.slice(0, end < 0 ? undefined : end)
  return own
    .filter((word) => word.startsWith('--'))
    .map((word) => word.replace(/=.*/, ''))
    .filter((option) => !known.includes(option))
    .map((option) => `devenv ${name} ${option}`)
}

/**
 * @param {string} page
 * @param {string[]} words
 */
function faultsOfMake(page, words) {
  const at = words.findIndex(
    (word, index) => word === 'make' && words.slice(0, index).every((before) => /=/.test(before)),
  )
  const target = words.slice(at + 1).find((word) => !/^-|=/.test(word))
  if (at < 0 || target === undefined || !/^[a-z][\w.-]*$/.test(target)) return []
  // Any target of the service's Makefile, in its environment: a page cannot be asked whether there is such a one.
  if (SUPPLIED.includes(target) || (SUPPLIED.includes('dev.%') && target.startsWith('dev.'))) return []
  // On the page of a service, a target of its own Makefile.
  if (/^packages\/|^docs\/from-/.test(page)) return []
  return OWN.includes(target) || (page.startsWith('examples/hello/') && HELLO.includes(target))
    ? []
    : [`make ${target}`]
}

// --- the pages -------------------------------------------------------------------------------------------------------

describe.each(PAGES)('%s', (page) => {
  const text = read(page)
  test('has no link that leads nowhere', () => {
    expect(brokenLinks(page, text)).toEqual([])
  })
  test('names no command, option or target that does not exist', () => {
    expect(codeIn(page, text).flatMap((line) => faultsIn(page, line))).toEqual([])
  })
})

test('every command has its line in docs/commands.md', () => {
  const rows = [...read('docs/commands.md').matchAll(/^\| `(\w+)/gm)].map(([, name]) => name)
  expect(rows).toEqual(expect.arrayContaining(PROGRAM.commands.map((command) => command.name())))
})

describe('a page is told of', () => {
  test.each([
    ['a file that is not there', '[x](nowhere.md)', ['nowhere.md']],
    ['a heading that is not there', '# Here\n[x](#there)', ['#there']],
    ['a heading of another page', '[x](docs/images.md#no-such)', ['docs/images.md#no-such']],
    ['a link by reference', '[x]\n\n[x]: nowhere.md', ['nowhere.md']],
    [
      'none of these',
      '# It’s *here*, now\n[x](#its-here-now) [y](docs/images.md#variants) [z](https://a.b) `[x](y)`',
      [],
    ],
  ])('%s', (_title, text, broken) => {
    expect(brokenLinks('README.md', text)).toEqual(broken)
  })

  test.each([
    ['a command', 'Run `devenv strat`.', ['devenv strat']],
    ['an option', '`npx --prefix devenv devenv start --program web`', ['devenv start --program']],
    ['a command behind options', '```sh\nnode packages/core/bin/devenv.js --package a b\n```\n', ['devenv b']],
    ['a target', '    make strat   # it', ['make strat']],
    ['a target of Nx', '`npx nx run discovery:wtach`', ['nx run …:wtach']],
    [
      'none of these',
      '`devenv logs web --grep x`, `devenv exec mysql -- mysql --no-such`, `make dev.any`, `make`, `devenv make x --y`',
      [],
    ],
  ])('%s', (_title, text, faults) => {
    expect(codeIn('README.md', text).flatMap((line) => faultsIn('README.md', line))).toEqual(faults)
  })
})

// --- guarantees ------------------------------------------------------------------------------------------------------

describe('each guarantee names a test that there is', () => {
  const page = 'docs/guarantees.md'
  const rows = [...read(page).matchAll(/^\| (.+) \| \[[^\]]+\]\(([^)]+)\) “(.+)” \|$/gm)]

  test('in every row', () => {
    expect(rows).toHaveLength([...read(page).matchAll(/^\| (?!devenv promises)/gm)].length)
  })

  test.each(rows.map(([, promise = '', file = '', title = '']) => ({ promise, file, title })))(
    '$promise',
    ({ file, title }) => {
      expect(read(join(dirname(page), file))).toContain(title)
    },
  )
})
