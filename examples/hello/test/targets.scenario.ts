import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { eventually } from '../../../tools/scenarios/checkout.js'
import { inside, processesOf } from '../../../tools/scenarios/engine.js'
import type { Run } from '../../../tools/scenarios/run.js'
import { startedCheckout } from './checkout.js'

const hello = startedCheckout(async (checkout) => {
  // Ahead of the checkout's own first target, which stays the default.
  await checkout.edit(
    'Makefile',
    'FOR ?= 60',
    [
      'show:',
      '\t@printf \'[%s]\\n\' "$$A" "$$B" \'$(origin A)\'',
      'meet-%:',
      '\t@touch /tmp/met-$*; for i in $$(seq 1000); do [ $$(ls /tmp/met-* | wc -l) = 2 ] && exit 0; sleep 0.1; done; exit 1',
      'family:',
      '\t@sleep $(FOR) & echo "sleeping for $(FOR) s"; sleep $(FOR)',
      // One that a terminal's Ctrl-C would not reach, at plain make either.
      'clan:',
      `\t@bash -mc 'sleep $(FOR) & wait' & sleep $(FOR) & echo "sleeping for $(FOR) s"; sleep $(FOR)`,
      'asks-for-one: dev.greet',
      'reads:',
      '\t@cat',
      'where:',
      '\t@pwd',
      'FOR ?= 60',
    ].join('\n'),
  )
})

/** Seconds that nobody else sleeps for: they tell one test's processes from all others. */
let next = 86_400
const someSeconds = () => String(next++)

const nobodySleeps = (seconds: string) =>
  eventually(async () => {
    const processes = await processesOf(await hello.container('hello'))
    expect(processes.filter((words) => words.includes(seconds))).toEqual([])
  })

/**
 * Waits until a target sleeps, in as many processes as it has. Make and sh start a line with signals blocked: a Ctrl-C right then ends
 * them and not the line, at plain make as well, and they wait for it.
 */
const sleeps = async (running: Run, seconds: string, processes: number) => {
  await running.said(/sleeping for/)
  await eventually(async () => {
    const found = await processesOf(await hello.container('hello'))
    expect(found.filter((line) => new RegExp(`^\\s*\\d+\\s+sleep ${seconds}$`).test(line))).toHaveLength(processes)
  })
}

describe('what is typed arrives as it does at plain make', () => {
  const typed: readonly (readonly string[])[] = [
    ['A=one two  three'],
    ['A= leading and trailing '],
    [`A='single' "double" \`back\``],
    ['A=$$HOME $$(id) $${PATH}'],
    ['A=$(PYTHON)/bin'],
    ['A='],
    ['A=', 'B=b'],
    ['A=ñandú — 日本語 🦊'],
    ['A=back\\slash \\\\ two\\'],
    ['A=tab\there'],
    ['A=one\ntwo'],
    ['A=a;b&c|d<e>f*?[g]~!(h){i}'],
    ['A=# no comment'],
    ['A=--', 'B=-n'],
    ['A=x=y'],
    ['A:=simple'],
    ['A=one', 'B=$(A) two'],
    ['-s', 'A=silent'],
    ['-e', 'A=environment'],
    ['--no-print-directory', 'A=x'],
    ['-k', 'A=k'],
    ['-j3', 'A=j'],
    ['-B', 'A=b'],
    ['--silent', '--keep-going', 'A=long options'],
    ['--eval=B=evaluated', 'A=x'],
  ]
  test.each(typed.map((words) => ({ words })))('make dev.show $words', async ({ words }) => {
    const plain = await hello.make('show', ...words)
    const ours = await hello.make('dev.show', ...words)
    expect({ exitCode: ours.exitCode, stdout: ours.stdout }).toEqual({ exitCode: plain.exitCode, stdout: plain.stdout })
  })

  test('devenv make takes the same', async () => {
    const outcome = await hello.devenv('make', 'show', 'A=one \'two\' "three" $$4', 'B=ñ')
    expect(outcome.stdout).toBe('[one \'two\' "three" $4]\n[ñ]\n[command line]\n')
  })
})

describe('a target ends as it does at plain make', () => {
  test('a failure is 2, whatever the recipe ended with', async () => {
    expect((await hello.make('dev.fail')).exitCode).toBe(2)
    expect((await hello.make('dev.greet')).exitCode).toBe(0)
    expect((await hello.devenv('make', 'fail')).exitCode).toBe(2)
  })

  test('a target that is not there is a failure', async () => {
    const { exitCode, stderr } = await hello.make('dev.no-such-target')
    expect(exitCode).toBe(2)
    expect(stderr).toMatch(/No rule to make target .no-such-target./)
    expect((await hello.make('dev.tset')).stderr).toMatch(
      /no target tset; did you mean test\? There are: .*greet.*`make .*dev\.help`/,
    )
  })

  test('-k goes on behind a failure, and still fails', async () => {
    const { exitCode, stdout } = await hello.make('-k', 'dev.fail', 'dev.greet', 'NAME=Ada')
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: 'Hello, Ada!\n' })
    const stopped = await hello.make('dev.fail', 'dev.greet')
    expect(stopped.stdout).toBe('')
  })

  test('-i ignores it', async () => {
    expect((await hello.make('-i', 'dev.fail')).exitCode).toBe(0)
  })

  test('-n shows the recipe and runs nothing', async () => {
    // As at every recursive make, the line that hands over is shown first.
    const { exitCode, stdout } = await hello.make('-n', 'dev.fail')
    expect({ exitCode, shown: stdout.split('\n').slice(1) }).toEqual({ exitCode: 0, shown: ['exit 7', ''] })
  })

  test('-j2 runs two targets at once', async () => {
    expect((await hello.make('-j2', 'dev.meet-a', 'dev.meet-b')).exitCode).toBe(0)
  })

  test('a target of the checkout may ask for one of the environment', async () => {
    expect((await hello.make('asks-for-one', 'NAME=Ada')).stdout).toBe('Hello, Ada!\n')
  })

  test('a file of the target’s name is not in its way', async () => {
    await hello.write('dev.where', '')
    expect((await hello.make('dev.where')).stdout).toBe('/edx/app/hello\n')
  })

  test('make -C reaches it from elsewhere', async () => {
    const { exitCode, stdout } = await hello.run(['make', '-s', '-C', hello.path, 'dev.greet'], { cwd: '/' })
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: 'Hello, world!\n' })
  })

  test('the service’s own tests pass at once, with no input', async () => {
    const { exitCode, stdout } = await hello.make('dev.test')
    expect(stdout).toMatch(/\d+ passed/)
    expect(exitCode).toBe(0)
  })
})

describe('input and terminal are used as by hand', () => {
  test('a loop that reads names goes through all of them', async () => {
    const loop = 'printf "Ada\\nBob\\n" | while read name; do make -s dev.greet NAME=$name; done'
    expect((await hello.run(['sh', '-c', loop])).stdout).toBe('Hello, Ada!\nHello, Bob!\n')
  })

  test('a target that reads is given what is piped to it, or a file', async () => {
    const typed = 'echo piped | make -s dev.reads; make -s dev.reads <.gitignore'
    expect((await hello.run(['bash', '-c', typed])).stdout).toBe(`piped\n${await hello.read('.gitignore')}`)
  })

  test('in the background it ends, and Ctrl-Z stops it until it is continued', async () => {
    const seconds = someSeconds()
    const shell = hello.begin(['bash', '--norc', '-i'], { terminal: true })
    shell.type('make -s dev.greet NAME=behind & wait; echo "ended with $?"\n')
    await shell.said(/ended with 0/)
    const sleeper = `for p in /proc/[0-9]*; do grep -qx sleep $p/comm && grep -qz ${seconds} $p/cmdline && grep State $p/status; done; true`
    const state = async () => inside(await hello.container('hello'), 'sh', '-c', sleeper)
    shell.type(`make -s dev.slow FOR=${seconds}\n`)
    await shell.said(/sleeping for/)
    await eventually(async () => expect(await state()).toContain('sleeping'))
    shell.type('\u001a')
    await shell.said(/Stopped/)
    expect(await state()).toContain('stopped')
    shell.type('fg\n')
    await eventually(async () => expect(await state()).toContain('sleeping'))
    shell.type('\u0003')
    await nobodySleeps(seconds)
    shell.type('exit\n')
    await shell.ended
  })
})

describe('devenv exec', () => {
  test.each([0, 1, 7, 130, 255])('gives exit code %i as it is', async (code) => {
    expect((await hello.devenv('exec', '--', 'sh', '-c', `exit ${code}`)).exitCode).toBe(code)
  })

  test('a command that is not there is 127', async () => {
    expect((await hello.devenv('exec', '--', 'no-such-command')).exitCode).toBe(127)
  })

  test('a command that a signal ended is 128 and its number', async () => {
    expect((await hello.devenv('exec', '--', 'sh', '-c', 'kill -TERM $$')).exitCode).toBe(143)
  })

  test('words arrive as they are', async () => {
    const words = ['a b', '', "'", '"', '$HOME', '*', '--', '-x', '\\', 'ñ', 'one\ntwo', '--checkout=no', '--help']
    const { stdout } = await hello.devenv('exec', '--', 'printf', '[%s]', ...words)
    expect(stdout).toBe(words.map((word) => `[${word}]`).join(''))
  })

  test('bytes pass both ways unchanged', async () => {
    const bytes = randomBytes(5_000_000)
    const outcome = await hello.run(['node', ...hello.words('exec', '--', 'cat')], { input: bytes })
    expect(outcome.exitCode).toBe(0)
    expect(outcome.bytes.equals(bytes)).toBe(true)
  })

  test('keeps stdout and stderr apart', async () => {
    const { stdout, stderr } = await hello.devenv('exec', '--', 'sh', '-c', 'echo shown; echo told >&2')
    expect({ stdout, stderr }).toEqual({ stdout: 'shown\n', stderr: 'told\n' })
  })

  test('reaches every container', async () => {
    const query = ['mysql', '-uhello', '-phello', '--batch', '--skip-column-names', 'hello']
    const { stdout } = await hello.run(['node', ...hello.words('exec', 'mysql', '--', ...query)], {
      input: 'SELECT COUNT(*) > 0 FROM migrations;\n',
    })
    expect(stdout).toBe('1\n')
    expect((await hello.devenv('exec', 'mysql', '--', 'sh', '-c', 'exit 7')).exitCode).toBe(7)
    expect((await hello.devenv('exec', 'no-such-service', '--', 'true')).stderr).toContain('service-unknown')
  })

  test('has a terminal where there is one, of its size', async () => {
    const here = ['exec', '--', 'sh', '-c', 'test -t 0 && stty size']
    expect((await hello.devenv(...here)).exitCode).toBe(1)
    const shown = await hello.beginDevenv(here, { terminal: true }).ended
    expect({ exitCode: shown.exitCode, stdout: shown.stdout.trim() }).toEqual({ exitCode: 0, stdout: '40 132' })
  })

  test('has no terminal where its output is piped', async () => {
    const words = hello.words('exec', '--', 'sh', '-c', 'test -t 1; echo "ended with $?"')
    const piped = await hello.begin(['sh', '-c', 'node "$@" | cat', 'sh', ...words], { terminal: true }).ended
    expect(piped.stdout).toContain('ended with 1')
  })
})

describe('a target that is ended leaves no process behind', () => {
  const SIGNALS = [
    { signal: 'SIGINT', exitCode: 130 },
    { signal: 'SIGTERM', exitCode: 143 },
    { signal: 'SIGHUP', exitCode: 129 },
  ] as const

  test.each(SIGNALS)('$signal without a terminal', async ({ signal, exitCode }) => {
    const seconds = someSeconds()
    const running = hello.beginDevenv(['make', 'clan', `FOR=${seconds}`])
    await sleeps(running, seconds, 3)
    running.signal(signal)
    expect((await running.ended).exitCode).toBe(exitCode)
    await nobodySleeps(seconds)
  })

  test.each(SIGNALS)('$signal to make and what it called', async ({ signal }) => {
    const seconds = someSeconds()
    const running = hello.begin(['make', 'dev.clan', `FOR=${seconds}`])
    await sleeps(running, seconds, 3)
    running.signalAll(signal)
    expect((await running.ended).exitCode).not.toBe(0)
    await nobodySleeps(seconds)
  })

  test('SIGTERM to make alone', async () => {
    const seconds = someSeconds()
    const running = hello.begin(['make', 'dev.clan', `FOR=${seconds}`])
    await sleeps(running, seconds, 3)
    running.signal('SIGTERM')
    expect((await running.ended).exitCode).not.toBe(0)
    await nobodySleeps(seconds)
  })

  test('Ctrl-C', async () => {
    const seconds = someSeconds()
    const running = hello.begin(['make', 'dev.family', `FOR=${seconds}`], { terminal: true })
    await sleeps(running, seconds, 2)
    running.type('\u0003')
    const { exitCode } = await running.ended
    expect([2, 130]).toContain(exitCode)
    await nobodySleeps(seconds)
  })

  test('Ctrl-C in devenv make', async () => {
    const seconds = someSeconds()
    const running = hello.beginDevenv(['make', 'slow', `FOR=${seconds}`], { terminal: true })
    await sleeps(running, seconds, 1)
    running.type('\u0003')
    const { exitCode } = await running.ended
    expect([2, 130]).toContain(exitCode)
    await nobodySleeps(seconds)
  })

  test('a terminal that goes away', async () => {
    const seconds = someSeconds()
    const running = hello.begin(['make', 'dev.family', `FOR=${seconds}`], { terminal: true })
    await sleeps(running, seconds, 2)
    running.signal('SIGKILL')
    await nobodySleeps(seconds)
  })

  test('one that does not listen, at the second signal', async () => {
    const seconds = someSeconds()
    const script = `trap 'echo no' TERM; echo ready; sleep ${seconds}; sleep ${seconds}; sleep ${seconds}`
    const running = hello.beginDevenv(['exec', '--', 'sh', '-c', script])
    await running.said(/ready/)
    running.signal('SIGTERM')
    await running.said(/^no$/m)
    running.signal('SIGTERM')
    expect((await running.ended).exitCode).toBe(143)
    await nobodySleeps(seconds)
  })

  test('in a database’s container', async () => {
    const running = hello.beginDevenv(['exec', 'mysql', '--', 'sh', '-c', 'echo ready; sleep 54321'])
    await running.said(/ready/)
    running.signal('SIGTERM')
    expect((await running.ended).exitCode).toBe(143)
    await eventually(async () => {
      const processes = await processesOf(await hello.container('mysql'))
      expect(processes.filter((words) => words.includes('54321'))).toEqual([])
    })
  })
})
