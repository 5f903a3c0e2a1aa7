import { spawnSync } from 'node:child_process'
import { appendFileSync, copyFileSync, mkdirSync, readFileSync, rmSync, utimesSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { readEdits } from '../src/checkout/prepare-checkout.js'
import { parseDatabase } from '../src/checkout/read-targets.js'
import { createProgram } from '../src/cli/program.js'
import { parseMakeFlags } from '../src/environment/verbs/make-flags.js'
import { temporaryFolder, writeFiles } from './samples.js'

const SOURCE = fileURLToPath(new URL('../make/devenv.mk', import.meta.url))
const INSTALLED = 'devenv/node_modules/@devenv/core/make/devenv.mk'

/** Instead of Node: notes how it was called, a field each, a call at once. */
const FAKE_NODE = `#!/bin/sh
call=$(for word in "$@" "MAKEFLAGS=$MAKEFLAGS" "PACKAGE=$DEVENV_PACKAGE" "CERTS=$NODE_EXTRA_CA_CERTS" "PWD=$PWD" \\
  "TYPED=$DEVENV_MAKE" "FROM=$DEVENV_MAKE_FROM"; do
  printf '%s\\036' "$word"
done)
printf '%s\\037' "$call" >> "$CALLS"
exit "\${FAKE_EXIT:-0}"
`

type Call = {
  argv: string[]
  makeflags: string
  package: string
  certificates: string
  directory: string
  typed: string
  from: string
}

/** A checkout with the include, in a folder with a name that wants quoting. */
function checkout(makefile = 'test:\n\t@echo on the host\n'): string {
  const folder = join(temporaryFolder(), "a checkout's folder")
  writeFiles(folder, {
    Makefile: `${makefile}include ${INSTALLED}\n`,
    'bin/node': { text: FAKE_NODE, mode: 0o755 },
  })
  mkdirSync(dirname(join(folder, INSTALLED)), { recursive: true })
  copyFileSync(SOURCE, join(folder, INSTALLED))
  return folder
}

/** With lines behind the include. */
function appended(folder: string, lines: string): string {
  appendFileSync(join(folder, 'Makefile'), lines)
  return folder
}

function make(folder: string, words: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const { MAKEFLAGS: _, MAKELEVEL: __, DEVENV_CONTAINER: ___, DEVENV_PACKAGE: ____, ...inherited } = process.env
  const calls = join(folder, 'calls')
  writeFiles(folder, { calls: '' })
  const { status, stdout, stderr } = spawnSync('make', [...words], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...inherited, PATH: `${join(folder, 'bin')}:${process.env.PATH}`, CALLS: calls, ...env },
  })
  const noted = spawnSync('cat', [calls], { encoding: 'utf8' }).stdout
  return {
    status,
    output: `${stdout}${stderr}`,
    calls: noted
      .split('\u001f')
      .slice(0, -1)
      .map((call): Call => {
        const fields = call.split('\u001e').slice(0, -1)
        const [makeflags, named, certificates, directory, typed, from] = fields
          .slice(-6)
          .map((field) => field.slice(field.indexOf('=') + 1))
        return {
          argv: fields.slice(0, -6),
          makeflags: makeflags ?? '',
          package: named ?? '',
          certificates: certificates ?? '',
          directory: directory ?? '',
          typed: typed ?? '',
          from: from ?? '',
        }
      }),
  }
}
/** What devenv was called with, and what it takes from MAKEFLAGS. */
const told = ({ calls }: ReturnType<typeof make>) =>
  calls.map(({ argv: [_command, ...argv], makeflags }) => {
    const overrides = argv.find((word) => word.startsWith(OVERRIDES))
    return [
      ...argv.filter((word) => word !== overrides),
      ...parseMakeFlags(makeflags, overrides?.slice(OVERRIDES.length)),
    ]
  })
const OVERRIDES = '--overrides='
/** The targets that a shell completes, as bash asks for them. */
const listed = (folder: string, env: NodeJS.ProcessEnv = {}, asking: string[] = ['-npq', '.DEFAULT']) =>
  parseDatabase(make(folder, asking, env).output).targets.map(({ name }) => name)

describe('a shell', () => {
  const MINE = 'test: ## all\nlint fix:\n\techo x\nfile.txt: test\na := 1\nb ::= 2\ndev.up:\nlib/%.o:\n.PHONY: test\n'

  // bash, fish, zsh with `call-command`, the last that of Debian and Ubuntu
  test.each([
    [['-npq', '.DEFAULT']],
    [['-pRrq', ':']],
    [['-nsp', '--always-make', '.PHONY']],
    [['-nsp', '--no-print-directory', '-f', 'Makefile', '--always-make']],
  ])('completes the targets of the Makefile as ours: make %j', (asking) => {
    const found = listed(checkout(MINE), {}, asking)
    expect(found.filter((name) => name.startsWith('dev.'))).toEqual(
      ['clean', 'file.txt', 'fix', 'help', 'lint', 'shell', 'test', 'up', 'watch'].map((name) => `dev.${name}`),
    )
  })

  test('is told nothing that nobody asks for', () => {
    expect(listed(checkout(MINE), {}, ['-npq', 'test'])).not.toContain('dev.lint')
  })
})

describe('a word behind a target of devenv', () => {
  test.each([
    ['dev.test', 'tests/test_a.py', "TESTS='tests/test_a.py'"],
    ['dev.test', 'tests/test_a.py::TestIt', "TESTS='tests/test_a.py::TestIt'"],
    ['dev.test', 'tests/deep', "TESTS='tests/deep'"],
    ['devenv.exec', 'tests/test_a.py', "ARGS='tests/test_a.py'"],
  ])('that is code is refused before that target runs: make %s %s', (target, word, how) => {
    const folder = checkout()
    writeFiles(folder, { 'tests/test_a.py': '', 'tests/deep/test_b.py': '' })
    const { status, output, calls } = make(folder, [target, word])
    expect(calls).toEqual([])
    expect(status).toBe(2)
    expect(output).toContain(`make ${target} ${how}`)
  })

  test('that make has no rule for is told before make says so', () => {
    const { status, output, calls } = make(checkout(), ['devenv.logs', 'web'])
    expect(calls).toHaveLength(1)
    expect(status).toBe(2)
    expect(output).toMatch(
      /devenv: web is a target of its own to make; .* make devenv\.logs ARGS=…\n[\s\S]*No rule to make target/,
    )
  })

  test.each([
    ['lint', 'lint:\n\t@echo made $@\n'],
    ['lib/a.o', 'lib/%.o:\n\t@echo made $@\n'],
    ['more', 'include more.mk\n'],
    ['named', 'NAME = named\n$(NAME):\n\t@echo made $@\n'],
    ['double', 'double::\n\t@echo made $@\n'],
    ['grown', 'define RULE\n$(1):\n\t@echo made $(1)\nendef\n$(eval $(call RULE,grown))\n'],
    ['two', 'one \\\ntwo:\n\t@echo made $@\n'],
    ['any', '.DEFAULT:\n\t@echo made $@\n'],
  ])('that is a target is made: %s', (word, lines) => {
    const folder = appended(checkout(), lines)
    writeFiles(folder, { 'more.mk': 'more:\n\t@echo made $@\n' })
    const { status, output, calls } = make(folder, ['dev.test', word])
    expect(calls).toHaveLength(1)
    expect(status).toBe(0)
    expect(output).toContain(`made ${word}`)
  })

  test('half a target is answered with what there is', () => {
    for (const half of ['dev.', 'devenv.']) expect(told(make(checkout(), [half]))).toEqual([['make', '--list']])
  })
})

describe('make in a checkout', () => {
  test.each([
    [['dev.watch'], [['watch']]],
    [['dev.shell'], [['shell']]],
    [['dev.clean'], [['clean']]],
    [['dev.test'], [['make', '--from-make', 'test']]],
    [['dev.static.build'], [['make', '--from-make', 'static.build']]],
    [['dev.no_such-target'], [['make', '--from-make', 'no_such-target']]],
    [['dev.watch.x'], [['make', '--from-make', 'watch.x']]],
    [
      ['dev.migrate', 'dev.test'],
      [
        ['make', '--from-make', 'migrate'],
        ['make', '--from-make', 'test'],
      ],
    ],
    [['dev.test', 'TESTS=tests/a b.py'], [['make', '--from-make', 'test', 'TESTS=tests/a b.py']]],
    [['dev.test', `ARGS=-k "it's" $$HOME \\`], [['make', '--from-make', 'test', `ARGS=-k "it's" $$HOME \\`]]],
    [['dev.test', 'ARGS=two\nlines'], [['make', '--from-make', 'test', 'ARGS=two\nlines']]],
    [['-e', 'dev.test', `ARGS=-k "it's" $$HOME`], [['make', '--from-make', 'test', '-e', `ARGS=-k "it's" $$HOME`]]],
    [['dev.test', '-k', '-i'], [['make', '--from-make', 'test', '-ik']]],
    [['-n', 'dev.test'], [['make', '--from-make', 'test', '-n']]],
    [['dev.test', '-k', '-j2'], [['make', '--from-make', 'test', '-k', '-j2']]],
  ])('%j calls devenv with %j', (words, expected) => {
    const result = make(checkout(), words)
    expect(result.status).toBe(0)
    expect(told(result)).toEqual(expected)
    // With -n make itself shows what it calls.
    if (!words.includes('-n')) expect(result.output).toBe('')
  })

  test('calls the command of the core that it came with, in the checkout', () => {
    const folder = checkout()
    const [call] = make(folder, ['dev.watch']).calls
    expect(call?.argv[0]).toBe('devenv/node_modules/@devenv/core/bin/devenv.js')
    expect(call?.directory).toBe(folder)
  })

  test('runs each of several goals, whatever the number of jobs', () => {
    const result = make(checkout(), ['-j2', 'dev.a', 'dev.b'])
    expect(result.calls.map(({ argv }) => argv.at(-1)).sort()).toEqual(['a', 'b'])
  })

  test.each(['dev.watch', 'dev.clean', 'dev.shell'])(
    '%s changes nothing when make is asked what it would do',
    (goal) => {
      expect(make(checkout(), ['-n', goal]).calls).toEqual([])
    },
  )

  test.each(['dev.test', 'dev.watch', 'dev.clean', 'dev.shell'])('runs %s although a file has that name', (goal) => {
    const folder = writeFiles(checkout(), { [goal]: '' })
    expect(make(folder, [goal]).calls).toHaveLength(1)
  })

  test('is not led astray by an included dev.mk', () => {
    const folder = writeFiles(checkout('include dev.mk\n'), { 'dev.mk': 'FROM_DEV_MK = 1\n' })
    expect(told(make(folder, ['dev.test']))).toEqual([['make', '--from-make', 'test']])
  })

  test('does not take an optional include that is missing for a target', () => {
    expect(told(make(checkout('-include dev.local.mk\n'), ['dev.test']))).toEqual([['make', '--from-make', 'test']])
  })

  test('runs a dev. target that another target of the Makefile asks for', () => {
    expect(told(make(checkout('check: dev.lint\n'), ['check']))).toEqual([['make', '--from-make', 'lint']])
  })

  test('leaves targets of the Makefile without dev. alone', () => {
    const result = make(checkout(), ['test'])
    expect(result.output).toBe('on the host\n')
    expect(result.calls).toEqual([])
  })

  const COMMANDS = createProgram().commands.map((command) => command.name())

  test.each(COMMANDS)('devenv.%s calls that command, with the words of ARGS as a shell reads them', (command) => {
    const words = [`devenv.${command}`, `ARGS=-f 'two words' --since=2h "it's"`]
    expect(make(checkout(), words).calls.map(({ argv: [, ...argv] }) => argv)).toEqual([
      [command, '-f', 'two words', '--since=2h', "it's"],
    ])
  })

  test('a shell is told each of its targets by name when it asks make, and the default one stays', () => {
    const folder = checkout('')
    const names = [...COMMANDS.map((command) => `devenv.${command}`), 'dev.watch', 'dev.shell', 'dev.clean', 'dev.help']
    expect(listed(folder)).toEqual(names.sort())
    expect(make(folder, []).output).toContain('No targets')
  })

  test('does not take a variable of the Makefile for words of a command', () => {
    expect(told(make(checkout('ARGS = their own\ntest:\n'), ['devenv.logs']))).toEqual([['logs']])
  })

  test('leaves a command that is mistyped to devenv, which knows the nearest', () => {
    expect(told(make(checkout(), ['devenv.stpo']))).toEqual([['stpo']])
  })

  test('tells devenv how it was typed', () => {
    const folder = checkout()
    const [call] = make(folder, ['dev.watch', "DEVENV_PACKAGE=../it's"], { PWD: folder }).calls
    expect({ typed: call?.typed, from: call?.from }).toEqual({
      typed: "DEVENV_PACKAGE='../it'\\''s'",
      from: folder,
    })
    const settings = make(folder, ['devenv.stop', 'DEVENV_DIR=/a b', 'OTHER=c'], { DEVENV_MIRROR: 'd' }).calls[0]?.typed
    expect(settings).toBe("DEVENV_DIR='/a b'")
    expect(make(folder, ['devenv.stop'], { DEVENV_PACKAGE: '../x' }).calls[0]?.typed).toBe('')
  })

  test('dev.help lists', () => {
    expect(told(make(checkout(), ['dev.help']))).toEqual([['make', '--list']])
  })

  test.each([
    ['before the include', (rule: string) => checkout(rule)],
    ['behind it', (rule: string) => appended(checkout(), rule)],
  ])('runs a dev. target that the Makefile itself has, %s, and says nothing of it', (_where, having) => {
    for (const [rule, words, output] of [
      ['dev.up:\n\t@echo own up\n', ['dev.up'], 'own up\n'],
      ['dev.up:\n\t@echo own up\ndev.init: dev.up\n\t@echo own init\n', ['dev.init'], 'own up\nown init\n'],
      ['dev.up:\n\t@echo own up\nall: dev.up\n', ['all'], 'own up\n'],
      ['dev.help:\n\t@echo own help\n', ['dev.help'], 'own help\n'],
      ['dev.init: dev.up\ndev.up:\n\t@echo own up\n', ['dev.init'], 'own up\n'],
    ] as const) {
      const result = make(having(rule), words)
      expect({ status: result.status, output: result.output, calls: result.calls }).toEqual({
        status: 0,
        output,
        calls: [],
      })
    }
  })

  test('hands over what an own target asks for and the Makefile does not have', () => {
    const result = make(checkout('dev.init: dev.migrate\n\t@echo own init\n'), ['dev.init'])
    expect(told(result)).toEqual([['make', '--from-make', 'migrate']])
    expect(result.output).toBe('own init\n')
  })

  test('fails when devenv fails', () => {
    expect(make(checkout(), ['dev.test'], { FAKE_EXIT: '7' }).status).toBe(2)
  })

  test.each([
    [
      ['dev.watch', 'PROGRAMS=web,worker'],
      ['watch', '--programs=web,worker'],
    ],
    [
      ['dev.watch', "PROGRAMS=web, it's"],
      ['watch', "--programs=web, it's"],
    ],
    [['dev.watch', 'PROGRAMS='], ['watch']],
    [['dev.shell', 'PROGRAMS=web', 'NOW=1'], ['shell']],
    [
      ['dev.watch', 'NOW=1'],
      ['watch', '--now'],
    ],
    [
      ['dev.watch', 'NOW=1', 'PROGRAMS=web'],
      ['watch', '--programs=web', '--now'],
    ],
    [['dev.watch', 'NOW='], ['watch']],
    [['dev.watch', 'NOW=0'], ['watch']],
    [
      ['dev.watch', 'LOGS=web,mysql'],
      ['watch', '--logs=web,mysql'],
    ],
    [
      ['dev.watch', 'LOGS=all', 'PROGRAMS=web'],
      ['watch', '--logs=all', '--programs=web'],
    ],
    [
      ['dev.clean', 'YES=1', 'NOW=1'],
      ['clean', '--yes'],
    ],
    [['dev.clean', 'YES=0'], ['clean']],
    [['dev.watch', 'YES=1'], ['watch']],
    [
      ['devenv.start', 'PROGRAMS=web', 'NOW=1', 'LOGS=web'],
      ['start', '--programs=web', '--now'],
    ],
  ])('%j hands its options to devenv as %j', (words, expected) => {
    expect(make(checkout(), words).calls.map(({ argv: [, ...argv] }) => argv)).toEqual([expected])
  })

  test('does not take a variable of the Makefile for an option', () => {
    const makefile = 'PROGRAMS = their own\nNOW = $(shell date)\ntest:\n'
    expect(told(make(checkout(makefile), ['dev.watch']))).toEqual([['watch']])
    expect(told(make(checkout(), ['dev.watch'], { PROGRAMS: 'of the shell', NOW: '1' }))).toEqual([['watch']])
    expect(told(make(checkout('YES = 1\ntest:\n'), ['dev.clean'], { YES: '1' }))).toEqual([['clean']])
  })

  test('goes on with the next goal only under -k', () => {
    expect(make(checkout(), ['dev.a', 'dev.b'], { FAKE_EXIT: '1' }).calls).toHaveLength(1)
    expect(make(checkout(), ['-k', 'dev.a', 'dev.b'], { FAKE_EXIT: '1' }).calls).toHaveLength(2)
  })

  test.each([
    ['dev.test', 'You are inside the environment: make test'],
    ['dev.shell', 'You are inside the environment, and devenv is outside: leave this shell for `make dev.shell`'],
    ['devenv.stop', 'You are inside the environment, and devenv is outside: leave this shell for `make devenv.stop`'],
  ])('says in one line inside the container what to type in the place of %s', (goal, says) => {
    const result = make(checkout('-include dev.local.mk\ntest:\n'), [goal], { DEVENV_CONTAINER: 'hello' })
    expect(result.calls).toEqual([])
    expect(result.status).toBe(2)
    expect(result.output).toMatch(/^\S+devenv\.mk:\d+: \*\*\* [^\n]*\n$/)
    expect(result.output).toContain(says)
  })

  test('inside the container leaves the Makefile its own targets, and adds none', () => {
    const folder = checkout('test:\n\t@echo tested\ndev.up:\n\t@echo own up\n')
    const inside = { DEVENV_CONTAINER: 'hello' }
    expect(make(folder, ['dev.up'], inside).output).toBe('own up\n')
    expect(make(folder, [], inside).output).toBe('tested\n')
    expect(listed(folder, inside)).toEqual(['dev.up', 'test'])
    expect(make(folder, ['tset'], inside).output).toContain("No rule to make target 'tset'")
  })

  test('names the package that was set, in the environment or to make', () => {
    expect(make(checkout(), ['dev.test'], { DEVENV_PACKAGE: '../my package' }).calls[0]?.package).toBe('../my package')
    expect(make(checkout(), ['dev.test', 'DEVENV_PACKAGE=../other'], {}).calls[0]?.package).toBe('../other')
    expect(make(checkout(), ['dev.test']).calls[0]?.package).toBe('')
  })

  test('starts Node without a certificate bundle to read', () => {
    const [call] = make(checkout(), ['dev.watch'], { NODE_EXTRA_CA_CERTS: '/etc/ca.pem' }).calls
    expect(call?.certificates).toBe('')
  })
})

/** As `devenv init` leaves it, on a clone in which nothing is installed; `npm ci` notes itself and installs. */
function freshClone(makefile: string): string {
  const folder = join(temporaryFolder(), 'clone')
  writeFiles(folder, {
    Makefile: makefile,
    'devenv/package-lock.json': '{}',
    'core.mk': readFileSync(SOURCE, 'utf8'),
    'bin/node': { text: FAKE_NODE, mode: 0o755 },
    'bin/npm': {
      text: `#!/bin/sh
mkdir -p node_modules/@devenv/core/make
cp ../core.mk node_modules/@devenv/core/make/devenv.mk
echo "npm $*" >> ../installs
`,
      mode: 0o755,
    },
    installs: '',
  })
  for (const { file, lines, change } of readEdits(folder))
    if (change === 'create') writeFiles(folder, { [file]: lines })
    else appendFileSync(join(folder, file), lines)
  return folder
}

describe('make in a clone of a checkout that was prepared', () => {
  const MAKEFILE = 'all:\n\t@echo all\ntest:\n\t@echo on the host\n'
  const installs = (folder: string) => readFileSync(join(folder, 'installs'), 'utf8')

  test('installs the package with the first dev. target, from its lock, and hands over to it', () => {
    const folder = freshClone(MAKEFILE)
    const result = make(folder, ['dev.test', 'X=1'])
    expect(told(result)).toEqual([['make', '--from-make', 'test', 'X=1']])
    expect(installs(folder)).toMatch(/^npm ci\b.*\n$/)
  })

  test('installs once', () => {
    const folder = freshClone(MAKEFILE)
    make(folder, ['dev.test'])
    expect(told(make(folder, ['dev.watch']))).toEqual([['watch']])
    expect(installs(folder).match(/npm ci/g)).toHaveLength(1)
  })

  test('installs again when the lock is newer: another version of the package came with a pull', () => {
    const folder = freshClone(MAKEFILE)
    make(folder, ['dev.test'])
    // Not a lock of the future: by that clock nothing could ever be up to date.
    const before = new Date(Date.now() - 60_000)
    utimesSync(join(folder, INSTALLED), before, before)
    make(folder, ['dev.test'])
    expect(installs(folder).match(/npm ci/g)).toHaveLength(2)
  })

  test('has the default target that it had', () => {
    const folder = freshClone(MAKEFILE)
    expect(make(folder, []).output).toBe('all\n')
    expect(installs(folder)).toBe('')
  })

  test('runs its own targets without the package, and installs nothing for them', () => {
    const folder = freshClone(MAKEFILE)
    expect(make(folder, ['test']).output).toBe('on the host\n')
    expect(installs(folder)).toBe('')
  })

  test('is inside the container what it was before', () => {
    const folder = freshClone(MAKEFILE)
    expect(make(folder, ['test'], { DEVENV_CONTAINER: 'hello' }).output).toBe('on the host\n')
    expect(make(folder, ['dev.test'], { DEVENV_CONTAINER: 'hello' }).status).toBe(2)
    expect(installs(folder)).toBe('')
    make(folder, ['dev.watch'])
    expect(make(folder, ['dev.test'], { DEVENV_CONTAINER: 'hello' }).output).toContain('environment: make test')
  })

  test('has our targets completed, also before anything is installed; for that nothing is installed', () => {
    const folder = freshClone(MAKEFILE)
    expect(listed(folder)).toEqual(expect.arrayContaining(['dev.watch', 'dev.shell', 'dev.clean', 'test']))
    expect(installs(folder)).toBe('')
    make(folder, ['devenv.stop'])
    expect(listed(folder)).toEqual(expect.arrayContaining(['dev.help', 'devenv.logs', 'test', 'dev.test']))
    expect(make(folder, []).output).toBe('all\n')
    expect(installs(folder).match(/npm ci/g)).toHaveLength(1)
  })

  test('works where it had no Makefile', () => {
    const folder = freshClone(MAKEFILE)
    rmSync(join(folder, 'Makefile'))
    for (const { file, lines } of readEdits(folder)) writeFiles(folder, { [file]: lines })
    expect(told(make(folder, ['dev.watch']))).toEqual([['watch']])
  })
})
