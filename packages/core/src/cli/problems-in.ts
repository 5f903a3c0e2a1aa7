import { EngineRefusal } from '../engine/engine.js'
import { parseRefusal } from '../engine/parse-refusal.js'
import { fileProblem } from '../problem/file-problem.js'
import { DevenvError, type Problem } from '../problem/problem.js'
import { version } from './version.js'

/** What ends a connection to the engine, or to a registry, in the middle of an answer. */
const LOST =
  /^(ECONN|EPIPE$|ETIMEDOUT$|EHOSTUNREACH$|ENETUNREACH$|ENOTFOUND$|EAI_AGAIN$|HPE_|ERR_STREAM_PREMATURE_CLOSE$|UND_ERR)/

/** What a person is told of anything that was thrown: no command ends in a stack trace. */
export function problemsIn(error: unknown): readonly Problem[] {
  if (error instanceof DevenvError) return error.problems
  if (error instanceof EngineRefusal) return [parseRefusal('carry out a request', error.detail)]
  const { code, path, message = String(error) } = (error ?? {}) as NodeJS.ErrnoException
  if (typeof code === 'string' && path === undefined && LOST.test(code))
    return [{ code: 'connection-lost', detail: message }]
  const problem = fileProblem(error)
  if (problem !== undefined) return [problem]
  return [{ code: 'fault', detail: `devenv ${version()}, Node ${process.version}: ${message}${placeIn(error)}` }]
}

/** A problem for whoever has every line of the steps' output above it. Pure. */
export const withoutOutput = (problem: Problem): Problem =>
  problem.code === 'provision-failed' && problem.log.length > 0 ? { ...problem, log: 'above' } : problem

/** The first place of a stack. */
function placeIn(error: unknown): string {
  const place = error instanceof Error ? /^\s+(at .*)$/m.exec(error.stack ?? '')?.[1] : undefined
  return place === undefined ? '' : `, ${place}`
}
