import { createInterface } from 'node:readline/promises'
import { DevenvError } from '../problem/problem.js'

/**
 * Asks a person; only `y` and `yes` mean yes.
 * @param command what to type where nobody can be asked
 * @throws DevenvError `unconfirmed` without a terminal
 */
export async function confirm(question: string, command: string): Promise<boolean> {
  if (!process.stdin.isTTY) throw new DevenvError({ code: 'unconfirmed', command })
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  try {
    // Ctrl-D closes it without an answer.
    const closed = new Promise<string>((resolve) => lines.once('close', () => resolve('')))
    return /^y(es)?$/i.test((await Promise.race([lines.question(`${question} [y/N] `), closed])).trim())
  } finally {
    lines.close()
  }
}
