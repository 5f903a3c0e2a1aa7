import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { DebugClient } from '@vscode/debugadapter-testsupport'
import { onTestFinished } from 'vitest'
import type { Checkout } from '../../../tools/scenarios/checkout.js'
import { PATIENCE } from '../../../tools/scenarios/run.js'

/**
 * An editor, attached to a debugger of Python, with a breakpoint at a line; what it `evaluates` there the first time that it stops.
 * `configuration`: as launch.json has it.
 */
export async function attach(
  checkout: Checkout,
  port: number,
  file: string,
  line: number,
  configuration: object = { pathMappings: [{ localRoot: checkout.path, remoteRoot: '/edx/app/hello' }] },
) {
  const editor = new DebugClient('', '', 'python')
  // A debugger that has gone gives no answer.
  onTestFinished(() => Promise.race([editor.stop(), pause(1000)]))
  await editor.start(port)
  const initialized = editor.waitForEvent('initialized')
  const stopped = editor.waitForEvent('stopped', PATIENCE * 1000)
  await editor.initializeRequest({ adapterID: 'python', linesStartAt1: true, pathFormat: 'path' })
  const attached = editor.attachRequest(configuration as never)
  await initialized
  await editor.setBreakpointsRequest({ source: { path: join(checkout.path, file) }, breakpoints: [{ line }] })
  await editor.configurationDoneRequest()
  await attached
  return {
    async evaluates(expression: string) {
      const { threadId } = (await stopped).body
      const { stackFrames } = (await editor.stackTraceRequest({ threadId })).body
      const frameId = stackFrames[0]?.id ?? 0
      const { result } = (await editor.evaluateRequest({ expression, frameId })).body
      await editor.setBreakpointsRequest({ source: { path: join(checkout.path, file) }, breakpoints: [] })
      await editor.continueRequest({ threadId })
      return result
    },
  }
}
