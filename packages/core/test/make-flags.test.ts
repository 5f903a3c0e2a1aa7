import { execFileSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { parseMakeFlags } from '../src/environment/verbs/make-flags.js'
import { temporaryFolder, testEach, writeFiles } from './samples.js'

// A recipe marked `+` runs also with -n, -t and -q; its variables show what a makefile sees.
const MAKEFILE = `all:
	@+printf '%s|' "$$MAKEFLAGS" "$$X" "$$Y" > seen
`

/** What this machine's make hands to a recipe when `words` are typed. */
function handedOn(folder: string, words: readonly string[]): string {
  const { MAKEFLAGS: _, MAKELEVEL: __, MFLAGS: ___, ...env } = process.env
  execFileSync('make', [...words, 'all'], { cwd: folder, env, stdio: 'ignore' })
  return execFileSync('cat', ['seen'], { cwd: folder, encoding: 'utf8' })
}
const makeflagsIn = (seen: string) => seen.slice(0, seen.indexOf('|'))
/** As sets: make turns the order of variables round. */
const comparable = (seen: string) => ({
  words: (makeflagsIn(seen).match(/(?:\\.|\S)+/g) ?? []).filter((word) => !word.startsWith('--jobserver-')).sort(),
  values: seen.slice(seen.indexOf('|')),
})

describe('what was typed to make survives the way through MAKEFLAGS', () => {
  testEach<{ typed: string[] }>([
    { typed: [] },
    { typed: ['X=1'] },
    { typed: ['X=1', 'Y=2'] },
    { typed: ['X=a b'] },
    { typed: ['X=tests/unit -k "not slow" --lf'] },
    { typed: ["X=it's"] },
    { typed: ['X=a\tb'] },
    { typed: ['X=two\nlines, "quoted"\n'] },
    { typed: ['X=back\\slash'] },
    { typed: ['X=back\\ slash'] },
    { typed: ['X=ends in \\'] },
    { typed: ['X=$$HOME'] },
    { typed: ['X=$$$$'] },
    { typed: ['Y=y', 'X=$(Y)'] },
    { typed: ['X='] },
    { typed: ['X=-n'] },
    { typed: ['X=-- y'] },
    { typed: ['X=--jobserver-auth=1'] },
    { typed: ['X=a=b'] },
    { typed: ['X=#100%'] },
    { typed: ['X=grüße 🙂'] },
    { typed: ['-k'] },
    { typed: ['-n'] },
    { typed: ['-nk', 'X=1'] },
    { typed: ['-B', '-e', '-i', '-r'] },
    { typed: ['-s', '--no-print-directory'] },
    { typed: ['-j2'] },
    { typed: ['-j2', '-k', 'X=1'] },
    { typed: ['-j'] },
    { typed: ['-l', '2'] },
    { typed: ['-Otarget'] },
    { typed: ['-I', 'include'] },
    { typed: ['-I', 'in clude', 'X=1'] },
    { typed: ['--warn-undefined-variables', 'X=1'] },
    { typed: ['--no-print-directory'] },
    { typed: ['--eval=Z := 1'] },
    { typed: ['--eval=Z := $$(X)', 'X=1'] },
  ])('$typed', ({ typed }) => {
    const folder = writeFiles(temporaryFolder(), { Makefile: MAKEFILE })
    const once = handedOn(folder, typed)
    const words = parseMakeFlags(makeflagsIn(once), undefined)
    const twice = handedOn(folder, words)
    expect(comparable(twice), `parsed as ${JSON.stringify(words)}`).toEqual(comparable(once))
  })

  test('without the file descriptors of the job server, which the container does not have', () => {
    const folder = writeFiles(temporaryFolder(), { Makefile: MAKEFILE })
    const seen = makeflagsIn(handedOn(folder, ['-j2', '-k', 'X=1']))
    expect(seen).toContain('--jobserver')
    const words = parseMakeFlags(seen, undefined)
    expect(words).toContain('-j2')
    expect(words.filter((word) => word.includes('jobserver'))).toEqual([])
  })
})

/** Of versions of make that this machine does not have. */
describe('MAKEFLAGS of another make', () => {
  test.each<[from: string, makeflags: string, words: string[]]>([
    ['3.81, nothing typed', '', []],
    ['3.81, options', 'ks', ['-ks']],
    ['3.81, a variable and no option', 'X=1', ['X=1']],
    ['3.81, variables and no option', 'TESTS=a\\ b X=1', ['TESTS=a b', 'X=1']],
    ['3.81, options and a variable', 'k -- X=1', ['-k', 'X=1']],
    ['3.81, an option with its argument', 'I include -- X=1', ['-I', 'include', 'X=1']],
    ['3.81, a long option', '--no-print-directory -- X=1', ['--no-print-directory', 'X=1']],
    [
      '3.81, -j4: the number is not told, and without one make knows no limit',
      ' --jobserver-fds=3,4 -j -- X=1',
      ['X=1'],
    ],
    ['4.0, the same', 'k -j --jobserver-fds=3,4 -- X=1', ['-k', 'X=1']],
    ['4.2', 'k -j4 --jobserver-auth=3,4 -- X=1', ['-k', '-j4', 'X=1']],
    ['4.4, a named pipe', ' -j4 --jobserver-auth=fifo:/tmp/GMfifo1234 -- X=1', ['-j4', 'X=1']],
    [
      '4.4, in turns',
      'k -j4 -Oline --sync-mutex=fnm:/tmp/GmMutex --jobserver-auth=fifo:/tmp/a',
      ['-k', '-j4', '-Oline'],
    ],
    ['4.4, -j without a number, as typed', ' -j -- X=1', ['-j', 'X=1']],
  ])('%s: %j', (_from, makeflags, words) => {
    expect(parseMakeFlags(makeflags, undefined)).toEqual(words)
  })
})

test('with -e make hands down a reference to its variables, which come beside it', () => {
  expect(parseMakeFlags('ek -- $(MAKEOVERRIDES)', 'X=a\\ b Y=$$HOME')).toEqual(['-ek', 'X=a b', 'Y=$HOME'])
})
