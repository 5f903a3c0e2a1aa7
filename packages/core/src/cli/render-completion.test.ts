import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { temporaryFolder, writeFiles } from '../../test/samples.js'
import { SHELLS, type Shell } from './commands/completion-command.js'
import { createProgram } from './program.js'
import { renderCompletion } from './render-completion.js'

/**
 * Each sources the script and prints what Tab offers behind the words that it is given, of which the last is begun. No
 * program can be found meanwhile: completing starts none.
 */
const ASKING: { readonly [shell in Shell]: string } = {
  bash: `PATH=; . "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
    [[ $(complete -p devenv) == *_devenv* ]] && _devenv; printf '%s\\n' "\${COMPREPLY[@]}"`,
  // What the completion system of zsh would match against the word, without a terminal.
  zsh: `PATH=; compdef() { :; }; _files() { print -r -- a-file; }
    _describe() { local each; for each in "\${(@P)2}"; do [[ $each == $words[CURRENT]* ]] && print -r -- "\${each/:/\t}"; done; (( \${(P)#2} )); }
    . "$1"; words=("\${(@)argv[2,-1]}"); CURRENT=$#words; _devenv`,
  fish: `set PATH; function __fish_complete_path; echo a-file; end; source $argv[1]; complete --do-complete (string join ' ' -- $argv[2..])`,
}

const file = (shell: Shell) =>
  join(writeFiles(temporaryFolder(), { [shell]: renderCompletion(createProgram(), shell) }), shell)

function ask(shell: Shell, script: string, ...words: string[]): string[] {
  const options = { bash: ['--norc', '-c'], zsh: ['-f', '-c'], fish: ['--no-config', '-c'] }[shell]
  const name = shell === 'fish' ? [] : [shell]
  const asked = spawnSync(shell, [...options, ASKING[shell], ...name, script, 'devenv', ...words], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, HOME: temporaryFolder() },
    cwd: writeFiles(temporaryFolder(), { 'a-file': '' }),
  })
  expect(asked.stderr).toBe('')
  return asked.stdout.split('\n').filter(Boolean)
}

/** Bash is everywhere; the workflow of CI installs the others. */
const isThere = (shell: Shell) => shell === 'bash' || spawnSync(shell, ['--version']).status === 0

describe.each(SHELLS)('in %s', (shell) => {
  const here = test.skipIf(!isThere(shell))
  const words = (...typed: string[]) =>
    ask(shell, file(shell), ...typed)
      .map((line) => line.split('\t')[0])
      .sort()

  here('completes the name of every command', () => {
    const names = createProgram().commands.map((command) => command.name())
    expect(words('')).toEqual(expect.arrayContaining(names))
    expect(words('st')).toEqual(['start', 'status', 'stop'])
  })

  here('completes a command of a command, and not those above it', () => {
    expect(words('data', 're')).toEqual(['restore'])
    expect(words('data', 'st')).toEqual([])
  })

  here('completes the options of a command, its own and those of every one', () => {
    expect(words('data', 'restore', '--')).toEqual(['--checkout', '--help', '--now', '--offline', '--package', '--yes'])
    expect(words('logs', '--gr')).toEqual(['--grep'])
  })

  here('completes the choices of an argument and of an option', () => {
    expect(words('completion', 'f')).toEqual(['fish'])
    expect(words('new', '--kind', 'd')).toEqual(['django'])
  })

  here('takes the value of an option for no command', () => {
    expect(words('--checkout', 'data', 'sta')).toEqual(['start', 'status'])
    expect(words('--checkout=data', 'sta')).toEqual(['start', 'status'])
    expect(words('logs', '-n', '5', '--gr')).toEqual(['--grep'])
  })

  // Bash itself completes files where a function offers nothing.
  here('offers nothing of devenv, but files, where a value or a command of a container is typed', () => {
    const files = shell === 'bash' ? [] : ['a-file']
    expect(words('logs', '--grep', 'a')).toEqual(files)
    expect(words('exec', '--', 'a')).toEqual(files)
  })

  here(`says ${shell === 'bash' ? 'no more than the words' : 'what a command is for'}`, () => {
    const about = shell === 'bash' ? '' : '\tstop the containers and remove nothing'
    expect(ask(shell, file(shell), 'stop')).toEqual([`stop${about}`])
  })
})

test('bash takes `--option = value` apart, and it is one all the same', () => {
  expect(ask('bash', file('bash'), '--checkout', '=', 'data', 'sta')).toEqual(['start', 'status'])
  expect(ask('bash', file('bash'), 'new', '--kind', '=')).toEqual(['django', 'ruby', 'node'])
})
