import { createInterface } from 'node:readline'
import type { AskPerson, OnCommands } from '../environment/context.js'
import { exitCodeFor } from '../process/signals.js'

const QUESTION = 'Wait until they end (Enter), end them now (e), or cancel (c)? '
const REPLIES = new Map<string, OnCommands | 'cancel'>([
  ['', 'awaited'],
  ['w', 'awaited'],
  ['wait', 'awaited'],
  ['e', 'ended'],
  ['end', 'ended'],
  ['c', 'cancel'],
  ['cancel', 'cancel'],
])

/** A person at a terminal, who can be asked; `undefined` where a program reads what we write, or writes what we read. */
export function personAt({ stdin, stderr }: Pick<NodeJS.Process, 'stdin' | 'stderr'>): AskPerson | undefined {
  if (!stdin.isTTY || !stderr.isTTY) return undefined
  return async (busy) => {
    stderr.write(`devenv: ${busy}\n${QUESTION}`)
    // Not raw: the terminal edits the line, and Ctrl-C is a signal as always.
    const lines = createInterface({ input: stdin, terminal: false })
    try {
      for await (const line of lines) {
        const answer = REPLIES.get(line.trim().toLowerCase())
        if (answer === 'cancel') break
        if (answer !== undefined) return answer
        stderr.write(QUESTION)
      }
    } finally {
      // Node 20 does not when the loop is left, and an input that is read keeps the process alive.
      lines.close()
    }
    stderr.write('devenv: cancelled; everything stays as it is\n')
    return process.exit(exitCodeFor('SIGINT'))
  }
}

/** While a question stands on the screen, what would be shown is kept for later. */
export function betweenQuestions<Line extends unknown[]>(
  write: (...line: Line) => void,
  ask: AskPerson | undefined,
): { show: (...line: Line) => void; ask: AskPerson | undefined } {
  let kept: Line[] | undefined
  return {
    show: (...line) => {
      if (kept === undefined) write(...line)
      else kept.push(line)
    },
    ask:
      ask &&
      (async (busy) => {
        kept = []
        const answer = await ask(busy)
        for (const line of kept) write(...line)
        kept = undefined
        return answer
      }),
  }
}
