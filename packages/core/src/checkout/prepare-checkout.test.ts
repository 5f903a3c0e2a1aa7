import {
  appendFileSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { problemsOf, SAMPLE_PACKAGE, temporaryFolder, testEach, writeFiles } from '../../test/samples.js'
import { runCommand } from '../process/run-command.js'
import { prepareCheckout, readEdits } from './prepare-checkout.js'
import { DATABASE, parseDatabase } from './read-targets.js'

/** Does what was planned. */
function carryOut(checkout: string): string[] {
  const edits = readEdits(checkout)
  for (const { file, lines, change } of edits) {
    mkdirSync(dirname(join(checkout, file)), { recursive: true })
    if (change === 'create') writeFileSync(join(checkout, file), lines)
    else appendFileSync(join(checkout, file), lines)
  }
  return edits.map(({ file, change }) => `${change} ${file}`)
}
const INCLUDE = 'include devenv/devenv.mk'
const filesOf = (checkout: string, file: string) => readFileSync(join(checkout, file), 'utf8')
/** What is planned for one file of a checkout in which it holds `text`. */
const planned = (file: string, text: string) =>
  readEdits(writeFiles(temporaryFolder(), { [file]: text })).find((edit) => edit.file === file)

describe('a checkout that is prepared', () => {
  test('gets what it lacks', () => {
    expect(carryOut(temporaryFolder())).toEqual([
      'create devenv/devenv.mk',
      'create devenv/.gitignore',
      'create Makefile',
      'create .gitignore',
      'create .dockerignore',
    ])
  })

  test('keeps what it has, and gets lines behind it', () => {
    const checkout = writeFiles(temporaryFolder(), {
      Makefile: 'test:\n\tpytest\n',
      '.gitignore': '*.pyc\n',
      '.dockerignore': '.git\n',
    })
    carryOut(checkout)
    expect(filesOf(checkout, 'Makefile')).toBe(`test:\n\tpytest\n${INCLUDE}\n`)
    expect(filesOf(checkout, '.gitignore')).toBe('*.pyc\n.dev/\n')
    expect(filesOf(checkout, '.dockerignore')).toBe('.git\n.dev/\n')
  })

  test('gets each line once', () => {
    const checkout = writeFiles(temporaryFolder(), { Makefile: 'test:\n\tpytest' })
    carryOut(checkout)
    expect(carryOut(checkout)).toEqual([])
  })

  test('gets the make lines of a later version, and nothing else again', () => {
    const checkout = temporaryFolder()
    carryOut(checkout)
    writeFiles(checkout, { 'devenv/devenv.mk': '# of an earlier version\n' })
    expect(carryOut(checkout)).toEqual(['create devenv/devenv.mk'])
    expect(carryOut(checkout)).toEqual([])
  })

  test('never has a line joined to its last one', () => {
    const checkout = writeFiles(temporaryFolder(), { Makefile: 'test:\n\tpytest', '.gitignore': '*.pyc' })
    carryOut(checkout)
    expect(filesOf(checkout, 'Makefile')).toBe(`test:\n\tpytest\n${INCLUDE}\n`)
    expect(filesOf(checkout, '.gitignore')).toBe('*.pyc\n.dev/\n')
  })

  test('does not begin an empty file with an empty line', () => {
    const checkout = writeFiles(temporaryFolder(), { '.gitignore': '' })
    carryOut(checkout)
    expect(filesOf(checkout, '.gitignore')).toBe('.dev/\n')
  })

  test('does not commit what npm installs', () => {
    const checkout = temporaryFolder()
    carryOut(checkout)
    expect(filesOf(checkout, 'devenv/.gitignore')).toBe('node_modules/\n*.local.env\n')
  })
})

const MANIFEST = JSON.stringify({ dependencies: { [SAMPLE_PACKAGE.name]: '1.0.0' } })

test.each(['a := \\', 'a := \\\n', 'a := b\\\\', '# \\', 't:\n\techo a \\', 't:\n\techo a \\\n'])(
  'a Makefile whose last line goes on gets a line that make reads: %j',
  async (Makefile) => {
    const checkout = writeFiles(temporaryFolder(), { Makefile, 'devenv/package.json': MANIFEST })
    await prepareCheckout(checkout, SAMPLE_PACKAGE, [])
    const { stdout } = await runCommand({ argv: DATABASE, cwd: checkout })
    expect(parseDatabase(stdout).files).toContain('devenv/devenv.mk')
    expect(readEdits(checkout)).toEqual([])
  },
)

test.each([
  ['a := b\ndefine c\nd\n', 2, /define/],
  ['ifdef A\nb := c\n', 3, /endif/],
  ['a := $(b\n', 1, /reference/],
])(
  'a Makefile that make cannot read to its end is refused, and nothing is written: %j',
  async (Makefile, line, detail) => {
    const checkout = writeFiles(temporaryFolder(), { Makefile })
    expect(await problemsOf(() => prepareCheckout(checkout, SAMPLE_PACKAGE, []))).toEqual([
      {
        code: 'makefile-unreadable',
        place: { file: join(checkout, 'Makefile'), line },
        detail: expect.stringMatching(detail),
      },
    ])
    expect(readdirSync(checkout)).toEqual(['Makefile'])
  },
)

test('a folder called as a Makefile is refused by its path', async () => {
  const checkout = writeFiles(temporaryFolder(), { 'GNUmakefile/x': '', Makefile: '' })
  await expect(prepareCheckout(checkout, SAMPLE_PACKAGE, [])).rejects.toMatchObject({
    code: 'EFTYPE',
    path: join(checkout, 'GNUmakefile'),
  })
})

test('an init that npm fails leaves a checkout as it was, with what a person has in devenv/', async () => {
  const settings = { 'devenv/settings.local.env': 'DEVENV_PROGRAMS=web\n' }
  for (const files of [settings, {}]) {
    const checkout = writeFiles(temporaryFolder(), files)
    const before = readdirSync(checkout, { recursive: true })
    expect(await problemsOf(() => prepareCheckout(checkout, SAMPLE_PACKAGE, ['./nowhere.tgz']))).toMatchObject([
      { code: 'init-unmade', checkout },
    ])
    expect(readdirSync(checkout, { recursive: true })).toEqual(before)
  }
})

test.each([
  [['Makefile'], 'Makefile'],
  [['Makefile', 'GNUmakefile'], 'GNUmakefile'],
  [['makefile', 'Makefile'], 'makefile'],
  [['makefile', 'GNUmakefile'], 'GNUmakefile'],
  [[], 'Makefile'],
])('of %j, make reads %s, so it gets the line', (names, read) => {
  const checkout = writeFiles(temporaryFolder(), Object.fromEntries(names.map((name) => [name, 'test:\n'])))
  const written = readEdits(checkout).filter(({ lines }) => lines.includes(INCLUDE))
  expect(written.map(({ file }) => file)).toEqual([read])
})

describe.each(['.gitignore', '.dockerignore'])('%s', (file) => {
  test.each(['.dev', '.dev/', '/.dev', '/.dev/', '.dev/*', '.dev/devenv', '.dev/devenv/', '/.dev/devenv/'])(
    'that ignores %s already is left alone',
    (line) => {
      expect(planned(file, `a\n${line}\nb\n`)).toBeUndefined()
      expect(planned(file, `a\r\n${line}\r\nb\r\n`)).toBeUndefined()
    },
  )

  test.each(['.device/', '# .dev/', '.dev/volumes', '!.dev/', 'a/.dev/', '.dev.bak', 'xdev/'])(
    'that says %s does not ignore our folder',
    (line) => {
      expect(planned(file, `${line}\n`)).toEqual({ file, lines: '.dev/\n', change: 'append' })
    },
  )
})

test.each([INCLUDE, `-${INCLUDE}`])('a Makefile that has %s is left alone', (line) => {
  expect(planned('Makefile', `a:\n${line}\nb:\n`)).toBeUndefined()
})

test.each([`# ${INCLUDE}`, `${INCLUDE}.bak`, 'include other.mk'])('a Makefile that has %s gets the line', (line) => {
  expect(planned('Makefile', `${line}\n`)).toMatchObject({ change: 'append', lines: `${INCLUDE}\n` })
})

describe('a checkout with a link out of it', () => {
  testEach<{ link: string; files: (elsewhere: string) => Parameters<typeof writeFiles>[1] }>([
    {
      link: '.gitignore',
      files: (elsewhere) => ({ 'devenv/package.json': MANIFEST, '.gitignore': { link: join(elsewhere, 'precious') } }),
    },
    { link: 'devenv', files: (elsewhere) => ({ devenv: { link: elsewhere } }) },
  ])('($link) is refused, and nothing is written through it', async ({ files }) => {
    const elsewhere = writeFiles(temporaryFolder(), { precious: 'x', 'package.json': MANIFEST })
    const checkout = writeFiles(temporaryFolder(), files(elsewhere))
    expect(await problemsOf(() => prepareCheckout(checkout, SAMPLE_PACKAGE, []))).toMatchObject([
      { code: 'file-unusable', detail: expect.stringContaining(elsewhere) },
    ])
    expect(filesOf(elsewhere, 'precious')).toBe('x')
    expect(readdirSync(elsewhere).sort()).toEqual(['package.json', 'precious'])
  })

  test('that stays in it is written through', async () => {
    const checkout = writeFiles(temporaryFolder(), {
      'devenv/package.json': MANIFEST,
      'make/Makefile': '',
      Makefile: { link: 'make/Makefile' },
    })
    await prepareCheckout(checkout, SAMPLE_PACKAGE, [])
    expect(filesOf(checkout, 'make/Makefile')).toBe(`${INCLUDE}\n`)
  })
})

test.skipIf(process.getuid?.() !== 0)('a checkout that root prepares stays its owner’s', async () => {
  const checkout = writeFiles(temporaryFolder(), {
    'devenv/package.json': JSON.stringify({ dependencies: { [SAMPLE_PACKAGE.name]: '1.0.0' } }),
    'devenv/node_modules/link': { link: '/etc/hostname' },
  })
  chownSync(checkout, 1234, 1234)
  const changed = await prepareCheckout(checkout, SAMPLE_PACKAGE, [])
  expect(changed.length).toBeGreaterThan(0)
  const made = ['devenv', 'devenv/package.json', 'devenv/node_modules/link', ...changed]
  expect(made.map((file) => lstatSync(join(checkout, file)).uid)).toEqual(made.map(() => 1234))
  expect(statSync('/etc/hostname').uid).toBe(0)
})
