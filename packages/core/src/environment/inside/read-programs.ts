import type { Engine } from '../../engine/engine.js'
import { captureInside } from '../../engine/execs.js'
import { asOwner, programsCommand } from './tools.js'

/** A program of a container, and its state: in supervisord's words, or `HELD`, `LEFT_OUT`, `WAITING`, `DEBUGGED` (packages/core/container/bin/programs). */
export type ProgramState = {
  name: string
  state: string
  /** Of one that waits for its code to be mended: when it was last begun (RFC 3339). */
  since?: string
  /** Where the code is wrong, and what, if its log tells. */
  fault?: string
  /** What its processes hold in memory. */
  memoryBytes: number | undefined
}

/** All, or those alone that wait for their code to be mended. */
export async function readPrograms(
  engine: Engine,
  container: string,
  which: 'all' | 'waiting' = 'all',
): Promise<ProgramState[]> {
  const { lines } = await captureInside(engine, { container, argv: asOwner(programsCommand(which)), user: 'root' })
  return lines.flatMap(parseProgram)
}

/** Pure. What is no such line is a complaint of the tool. */
export function parseProgram(line: string): ProgramState[] {
  const [, name, state, bytes, since, fault] = /^(\S+) ([A-Z_]+) (\d+|-)(?: (\S+)(?: (.+))?)?$/.exec(line) ?? []
  if (name === undefined || state === undefined) return []
  const memoryBytes = bytes === '-' ? undefined : Number(bytes)
  return [{ name, state, memoryBytes, ...(since && { since }), ...(fault && { fault }) }]
}
