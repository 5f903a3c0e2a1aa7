import type { Context, OnCommands } from '../environment/context.js'
import { findRunning } from '../environment/start/find-running.js'
import { type From, followLogs, requireShown, type Shown } from '../environment/verbs/follow-logs.js'
import type { LogEntry } from '../environment/verbs/search-logs.js'
import { DevenvError } from '../problem/problem.js'
import { exitCodeFor, takeSignals } from '../process/signals.js'
import { afterFlood } from './after-flood.js'
import { asTyped } from './as-typed.js'
import { betweenQuestions } from './ask-person.js'
import { BROKEN_PIPE } from './heed-output.js'
import { tellBeside } from './tell-beside.js'

const SHOWN_AT_FIRST = 20
/** Of a screen that nobody knows. */
const ROWS = 24

/**
 * Starts and shows. What runs already is shown at once; what has to be started is shown from its first line.
 * Resolves to the exit code: Ctrl-C on the view is a success, on the way there it is 130.
 */
export async function watchEnvironment(context: Context, shown: Shown, commands: OnCommands): Promise<number> {
  const { report } = context
  const leaving = new AbortController()
  let starting = true
  takeSignals((signal) => {
    // Every step can be gone on with, and the lock goes with the process.
    if (starting) process.exit(exitCodeFor(signal))
    leaving.abort()
  })
  process.stdout.on('error', () => leaving.abort())
  // A start whose progress nobody reads any more is not at its end.
  process.stderr.on('error', () => (starting ? process.exit(BROKEN_PIPE) : leaving.abort()))

  // A library has no programs of its own: the service that installs it is what there is to see.
  const { findServed } = await import('../environment/start/find-served.js')
  const [viewed = context] = await findServed(context)
  // Loaded only where it is needed: a view of what runs is there at once.
  const following = () => import('../environment/verbs/follow-branch.js')
  const follow = context.settings.followsBranch ? await (await following()).readBranchSwitch(context) : undefined
  const isRunning = async (each: Context) => (await findRunning(each, { all: true }, 'unchanged')) !== undefined
  const running =
    follow === undefined && (await isRunning(context)) && (viewed === context || (await isRunning(viewed)))
  const from: From = { tail: running ? SHOWN_AT_FIRST : 0 }
  let tellAgain = afterFlood(Number.POSITIVE_INFINITY, () => {})
  const write = ({ source, channel, line }: LogEntry) => {
    const stream = channel === 'out' ? process.stdout : process.stderr
    stream.write(`${source} | ${line}\n`)
    tellAgain.onLine()
  }
  const { show, ask } = betweenQuestions(write, context.ask)

  let view: Promise<void>
  if (!running) {
    const stopEarly = new AbortController()
    view = followLogs(viewed, from, shown, show, AbortSignal.any([leaving.signal, stopEarly.signal]))
    // Where the engine cannot be asked, `start` says why.
    view.catch(() => {})
    try {
      const { startFollowing } = await following()
      await startFollowing({ ...context, ask }, { all: true }, { again: 'none', commands })
      await requireShown(viewed, shown)
    } catch (error) {
      stopEarly.abort()
      throw error
    }
  } else {
    await requireShown(viewed, shown)
    view = followLogs(viewed, from, shown, show, leaving.signal)
  }
  starting = false
  // Behind what is on its way: both may lead to one pipe, and stand there line by line.
  const tell = (lines: readonly string[]) =>
    process.stdout.write('', () => {
      for (const text of lines) process.stderr.write(`${asTyped(text)}\n`)
    })
  const tellFirst = (lines: readonly string[]) => {
    tell(lines)
    // The flood may be a traceback: then the program is named that waits, and the address when it answers again.
    tellAgain = afterFlood(process.stdout.rows ?? ROWS, () => void tellWhenAnswering(viewed, leaving.signal, tell))
  }
  const answering = tellWhenAnswering(viewed, leaving.signal, tellFirst, tell)
  await view
  tellAgain.end()
  leaving.abort()
  await answering
  report({
    kind: 'note',
    text:
      (await findRunning(viewed, { all: true }, 'running')) === undefined
        ? 'nothing runs any more; `devenv start` starts it again'
        : viewed === context
          ? `${viewed.environment.service} keeps running; \`devenv stop\` stops it`
          : `${viewed.environment.service} keeps running; \`devenv stop\` in ${viewed.environment.checkout} stops it`,
  })
  return 0
}

/** A service that does not answer yet, or that a syntax error keeps down, ends no view: it is told, and waited for. */
async function tellWhenAnswering(
  context: Context,
  signal: AbortSignal,
  tell: (lines: readonly string[]) => void,
  say = tell,
): Promise<void> {
  const { environment } = context
  const { waitServing } = await import('../environment/start/wait-serving.js')
  const { reachAddress } = await import('../environment/verbs/reach-address.js')
  const { readRecord } = await import('../environment/data/record.js')
  const { renderAddresses } = await import('./render-addresses.js')
  const record = readRecord(environment)
  if (record === undefined) return
  for (let told = ''; !signal.aborted; ) {
    try {
      await waitServing({ ...context, report: () => {} }, record, signal)
      if (!signal.aborted) await reachAddress({ ...context, report: () => {} }, record, signal)
      if (!signal.aborted) tell(renderAddresses(environment.service, record))
      const beside = await tellBeside({ ...context, report: () => {} }, record.neighbours, signal)
      if (!signal.aborted && beside.length > 0) say(beside)
      return
    } catch (error) {
      if (!(error instanceof DevenvError)) throw error
      const { renderProblem } = await import('../problem/explain-problem.js')
      const text = error.problems.map(renderProblem).join('\n')
      if (!signal.aborted && text !== told) say([text, 'devenv: the view continues'])
      told = text
      // Of the others, nobody says when they are over.
      if (!error.problems.every(({ code }) => code === 'program-waiting')) return
    }
  }
}
