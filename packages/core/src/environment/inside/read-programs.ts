import type { Engine } from '../../engine/engine.js'
import { captureInside } from '../../engine/execs.js'
import { asOwner, programsCommand } from './tools.js'

/** A program of a container, and its state: in supervisord's words, or `HELD`, `LEFT_OUT`, `WAITING` (packages/core/container/bin/programs). */
export type ProgramState = {
  name: string
  state: string
  /** Of one that waits for its code to be mended: where, and what is wrong, if its log tells. */
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
  const [, name, state, bytes, fault] = /^(\S+) ([A-Z_]+) (\d+|-)(?: (.+))?$/.exec(line) ?? []
  if (name === undefined || state === undefined) return []
  return [{ name, state, memoryBytes: bytes === '-' ? undefined : Number(bytes), ...(fault && { fault }) }]
}
