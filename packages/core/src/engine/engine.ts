import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http'
import type { Duplex } from 'node:stream'
import { text } from 'node:stream/consumers'
import { DevenvError, tellsOf } from '../problem/problem.js'
import { within } from '../progress/patience.js'
import { addressOf, type EngineAddress, readEndpoint } from './endpoint.js'

/**
 * The engine's API on its socket, or on loopback (https://docs.docker.com/reference/api/engine/). Spoken directly where the
 * client's start-up would be felt: listing, exec, logs. `docker compose` and `docker buildx` do the rest.
 */
export type Engine = { endpoint: string; address: EngineAddress }

/** An answer of the engine that is not a success. */
export class EngineRefusal extends Error {
  constructor(
    readonly status: number,
    readonly detail: string,
  ) {
    super(`${status}: ${detail}`)
  }
}

export function engineFrom(env: NodeJS.ProcessEnv): Engine {
  const endpoint = readEndpoint(env)
  return { endpoint, address: addressOf(endpoint, env) }
}

type Call = {
  method?: 'GET' | 'POST' | 'DELETE'
  path: string
  query?: Record<string, string>
  body?: unknown
  /** What takes its time, as it is told: `a container has not stopped`. Without, the engine answers at once. */
  takes?: { of: string; seconds: number }
}

/** Seconds that an engine has to answer, on top of what a request takes. */
const ANSWER_SECONDS = 60

/** Asks, and gives the parsed JSON of the answer (`undefined` for an empty one). @throws DevenvError, EngineRefusal */
export function ask<T>(engine: Engine, call: Call): Promise<T> {
  return patiently(engine, call, async (signal) => {
    const response = await send(engine, call, signal)
    const body = await text(response)
    if ((response.statusCode ?? 500) >= 400) throw new EngineRefusal(response.statusCode ?? 500, messageOf(body))
    return (body === '' ? undefined : JSON.parse(body)) as T
  })
}

/** Asks for an answer that keeps coming: logs, events. The caller destroys it. Only its beginning is waited for. */
export function stream(engine: Engine, call: Call): Promise<IncomingMessage> {
  return patiently(engine, call, async (signal) => {
    const response = await send(engine, call, signal)
    if ((response.statusCode ?? 500) >= 400) {
      throw new EngineRefusal(response.statusCode ?? 500, messageOf(await text(response)))
    }
    return response
  })
}

/** Turns the connection into a raw one (`exec` with its standard streams). */
export function hijack(engine: Engine, call: Call): Promise<Duplex> {
  return patiently(engine, call, async (signal) => {
    const outgoing = httpRequest({ ...optionsOf(engine, call, { Connection: 'Upgrade', Upgrade: 'tcp' }), signal })
    outgoing.end(JSON.stringify(call.body ?? {}))
    return await new Promise((resolve, reject) => {
      outgoing.once('upgrade', (_response, socket: Duplex, head: Buffer) => {
        if (head.length > 0) socket.unshift(head)
        resolve(socket)
      })
      outgoing.once('response', (response) => {
        text(response).then((body) => reject(new EngineRefusal(response.statusCode ?? 500, messageOf(body))), reject)
      })
      outgoing.once('error', reject)
    })
  })
}

/** No request waits for ever for its answer, and each that breaks is a problem that a person can mend. */
async function patiently<T>(engine: Engine, call: Call, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { endpoint } = engine
  const { method = 'GET', path, takes } = call
  const seconds = ANSWER_SECONDS + (takes?.seconds ?? 0)
  const of = takes?.of ?? `the Docker engine at ${endpoint} has not answered`
  const late = () => new DevenvError({ code: 'engine-silent', endpoint, seconds, asked: `${method} ${path}` })
  try {
    return await within({ of, seconds, late }, work)
  } catch (error) {
    throw unreachable(engine, error as NodeJS.ErrnoException)
  }
}

async function send(engine: Engine, call: Call, signal: AbortSignal): Promise<IncomingMessage> {
  const outgoing = httpRequest({ ...optionsOf(engine, call, {}), signal })
  outgoing.end(call.body === undefined ? undefined : JSON.stringify(call.body))
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
  return response
}

function optionsOf(
  engine: Engine,
  call: Call,
  headers: Record<string, string>,
): RequestOptions & { servername: string } {
  const query = call.query === undefined ? '' : `?${new URLSearchParams(call.query)}`
  return {
    ...engine.address,
    // Where there is none, Node asks whether Host is an address, which takes it milliseconds.
    servername: '',
    method: call.method ?? 'GET',
    path: `${call.path}${query}`,
    headers: { Host: 'docker', 'Content-Type': 'application/json', ...headers },
  }
}

/** How a connection looks whose other end is gone. */
const BROKEN = ['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE']

/** What an error on the engine's connection means to a person; any other error stays what it is. */
export function unreachable({ endpoint }: Engine, error: NodeJS.ErrnoException): Error {
  const { code = '' } = error
  if (code.startsWith('HPE_') || error instanceof SyntaxError)
    return new DevenvError({ code: 'engine-missing', endpoint, detail: 'something else answers there' })
  if (code === 'EACCES' || code === 'EPERM') return new DevenvError({ code: 'engine-forbidden', endpoint })
  if (code === 'ENOENT' || code === 'ECONNREFUSED' || code === 'ENOTSOCK')
    return new DevenvError({ code: 'engine-missing', endpoint, detail: code })
  return BROKEN.includes(code) ? new DevenvError({ code: 'engine-gone', endpoint }) : error
}

/** Whether an error says that the engine is not there, at least not now. */
export const isEngineAway = (error: unknown): boolean =>
  tellsOf(error, 'engine-missing', 'engine-gone', 'engine-silent')

function messageOf(body: string): string {
  try {
    const { message } = JSON.parse(body)
    return typeof message === 'string' ? message : body
  } catch {
    return body
  }
}
