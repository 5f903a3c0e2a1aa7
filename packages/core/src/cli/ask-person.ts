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

export type Consent = 'yes' | 'save'
const SAVE = new Map<string, Consent | 'cancel'>([
  ['s', 'save'],
  ['save', 'save'],
])
const CONSENT = new Map<string, Consent | 'cancel'>([
  ['y', 'yes'],
  ['yes', 'yes'],
  ['', 'cancel'],
  ['n', 'cancel'],
  ['no', 'cancel'],
  ['c', 'cancel'],
  ['cancel', 'cancel'],
])

type Terminal = Pick<NodeJS.Process, 'stdin' | 'stderr'>

/** Whether a person reads what we write, and types what we read. */
export const isPerson = ({ stdin, stderr }: Terminal): boolean => stdin.isTTY && stderr.isTTY

/** A person at a terminal, who can be asked; `undefined` where a program reads what we write, or writes what we read. */
export function personAt(terminal: Terminal): AskPerson | undefined {
  return isPerson(terminal) ? (busy) => answerTo(busy, QUESTION, REPLIES, terminal) : undefined
}

/** Asks a person before a removal, `Remove them`. Never comes back where that person cancels. */
export async function requireConsent(removal: string, terminal: Terminal, deed = 'Remove them'): Promise<void> {
  await answerTo(removal, `${deed} (y), or cancel (Enter)? `, CONSENT, terminal)
}

/** The same where that person may also want a save first. */
export const askAboutSave = (removal: string, terminal: Terminal): Promise<Consent> =>
  answerTo(
    removal,
    'Remove them (y), keep a save of them first (s), or cancel (Enter)? ',
    new Map([...CONSENT, ...SAVE]),
    terminal,
  )

/** Asks until there is an answer that is known. */
async function answerTo<T extends string>(
  told: string,
  question: string,
  replies: ReadonlyMap<string, T | 'cancel'>,
  { stdin, stderr }: Terminal,
): Promise<T> {
  const { createInterface } = await import('node:readline')
  stderr.write(`devenv: ${told}\n${question}`)
  // Not raw: the terminal edits the line, and Ctrl-C is a signal as always.
  const lines = createInterface({ input: stdin, terminal: false })
  try {
    for await (const line of lines) {
      const answer = replies.get(line.trim().toLowerCase())
      if (answer === 'cancel') break
      if (answer !== undefined) return answer
      stderr.write(question)
    }
  } finally {
    // Node 20 does not when the loop is left, and an input that is read keeps the process alive.
    lines.close()
  }
  stderr.write('devenv: cancelled; everything stays as it is\n')
  return process.exit(exitCodeFor('SIGINT'))
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
