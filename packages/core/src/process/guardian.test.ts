import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { expect, onTestFinished, test, vi } from 'vitest'
import { temporaryFolder, writeFiles } from '../../test/samples.js'
import { type LastWill, renderWill } from './guardian.js'

const SOURCE = readFileSync(fileURLToPath(new URL('guardian.ts', import.meta.url)), 'utf8')

/** A process that has a guardian; when it is told `void`, it makes the will void and ends. */
async function guarded(will: LastWill, afterMs = 0) {
  const { outputText } = ts.transpileModule(SOURCE, {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
  })
  const folder = writeFiles(temporaryFolder(), {
    'guardian.mjs': outputText,
    'guarded.mjs': `import { startGuardian } from './guardian.mjs'
const end = startGuardian(${JSON.stringify(will)}, ${afterMs})
setTimeout(() => console.log('guarded'), ${afterMs === 0 ? 100 : 0})
process.stdin.once('data', () => { end(); process.exit() })`,
  })
  const child = spawn(process.execPath, [join(folder, 'guarded.mjs')], { stdio: ['pipe', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  const end = async (how: 'void' | NodeJS.Signals) => {
    const exit = once(child, 'exit')
    if (how === 'void') child.stdin.write('void')
    else child.kill(how)
    await exit
  }
  return { end }
}

/** A will that tells what was done, `end` last; as if something else was done where there is no will. */
function sample() {
  const file = join(temporaryFolder(), "what it's done")
  const write = (text: string) => ['sh', '-c', 'echo "$1" >> "$2"', 'sh', text, file] as const
  return { file, will: { deeds: [write('first $HOME'), write('end')], seconds: 0 } satisfies LastWill }
}
const done = (file: string) => vi.waitFor(() => expect(readFileSync(file, 'utf8')).toContain('end'), 5000)

test('is carried out once the process was killed, in order, each word as it is', async () => {
  const { file, will } = sample()
  const { end } = await guarded(will)
  expect(existsSync(file)).toBe(false)
  await end('SIGKILL')
  await done(file)
  expect(readFileSync(file, 'utf8')).toBe('first $HOME\nend\n')
})

test('is void once the process says so: another one that is killed then is carried out alone', async () => {
  const [voided, kept] = [sample(), sample()]
  await (await guarded(voided.will)).end('void')
  await (await guarded(kept.will)).end('SIGKILL')
  await done(kept.file)
  expect(existsSync(voided.file)).toBe(false)
})

test('has no process for what is over at once', async () => {
  const [brief, kept] = [sample(), sample()]
  await (await guarded(brief.will, 3_600_000)).end('SIGKILL')
  await (await guarded(kept.will)).end('SIGKILL')
  await done(kept.file)
  expect(existsSync(brief.file)).toBe(false)
})

test('stops after a deed that failed: there was nothing left to do', () => {
  expect(
    renderWill({
      deeds: [
        ['cancel', 'x', 'HUP'],
        ['cancel', 'x', "it's"],
      ],
      seconds: 10,
    }),
  ).toBe("read -r word\n'cancel' 'x' 'HUP' && sleep 10 && 'cancel' 'x' 'it'\\''s'")
})
