import { DevenvError } from '../../problem/problem.js'
import type { Context } from '../context.js'
import { forwardPort } from '../inside/forward-port.js'
import { holderOf, isFree } from '../project/free-ports.js'

/** Where editors look for a debugger of Python. */
export const USUAL_PORT = 5678

/** Where a debugger listens: at that port of loopback, here and in the container. `waits`: the program, for an editor. */
export type Listening = { port: number; waits: boolean }

/** What somebody asks of that: without a port, the first free one from 5678 on. */
export type ListeningAsked = { port: number | undefined; waits: boolean }

/**
 * Makes a port of this machine lead to a debugger in a container, and says where an editor attaches.
 * @throws DevenvError `port-taken`
 */
export async function listenFor(
  { engine, report }: Pick<Context, 'engine' | 'report'>,
  container: string,
  what: string,
  { port: asked, waits }: ListeningAsked,
): Promise<Listening> {
  if (asked !== undefined && !(await isFree(asked)))
    throw new DevenvError({ code: 'port-taken', port: asked, holder: await holderOf(asked) })
  let port = asked ?? USUAL_PORT
  while (!(await isFree(port))) port++
  await forwardPort(engine, container, port)
  const text = `attach your editor’s debugger to ${what} at localhost:${port}${waits ? `; ${what} waits for it` : ''}`
  report({ kind: 'note', text })
  return { port, waits }
}
