import { on, once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { DebugClient } from '@vscode/debugadapter-testsupport'
import { onTestFinished } from 'vitest'

/** `path`: of the file, as the debugger is to be told of it; `configuration`: as launch.json has it. */
type Attaching = { port: number; path: string; line: number; configuration?: object }

/**
 * An editor, attached to a debugger with a breakpoint at a line; what it `evaluates` there the first time that it stops. Where a debugger
 * stops before, as that of Ruby does for whoever attaches, it goes on.
 */
export async function attach({ port, path, line, configuration = {} }: Attaching) {
  const editor = new DebugClient('', '', 'any')
  // A debugger that has gone gives no answer.
  onTestFinished(() => Promise.race([editor.stop(), pause(1000)]))
  await editor.start(port)
  const initialized = once(editor, 'initialized')
  const stops = on(editor, 'stopped') as AsyncIterable<[Stop]>
  await editor.initializeRequest({ adapterID: 'any', linesStartAt1: true, pathFormat: 'path' })
  const attached = editor.attachRequest(configuration as never)
  await initialized
  await editor.setBreakpointsRequest({ source: { path }, breakpoints: [{ line }] })
  await editor.configurationDoneRequest()
  await attached
  // Not before it knows of the breakpoint.
  const reached = reach(editor, stops, line)
  return {
    async evaluates(expression: string) {
      const { threadId, frameId } = await reached
      const { result } = (await editor.evaluateRequest({ expression, frameId, context: 'repl' })).body
      await editor.setBreakpointsRequest({ source: { path }, breakpoints: [] })
      await editor.continueRequest({ threadId })
      return result
    },
  }
}

type Stop = { body: { threadId?: number } }

async function reach(editor: DebugClient, stops: AsyncIterable<[Stop]>, line: number) {
  for await (const [{ body }] of stops) {
    const { threadId = 0 } = body
    const [frame] = (await editor.stackTraceRequest({ threadId })).body.stackFrames
    if (frame?.line === line) return { threadId, frameId: frame.id }
    await editor.continueRequest({ threadId })
  }
  throw new Error('the debugger has gone')
}
