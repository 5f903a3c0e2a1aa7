import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http'
import type { Duplex } from 'node:stream'
import { text } from 'node:stream/consumers'
import { DevenvError } from '../problem/problem.js'
import { readEndpoint, socketPath } from './endpoint.js'

/**
 * The engine's API on its socket (https://docs.docker.com/reference/api/engine/). Spoken directly where the
 * client's start-up would be felt: listing, exec, logs. `docker compose` and `docker buildx` do the rest.
 */
export type Engine = { endpoint: string; socket: string }

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
  return { endpoint, socket: socketPath(endpoint) }
}

type Call = { method?: 'GET' | 'POST' | 'DELETE'; path: string; query?: Record<string, string>; body?: unknown }

/** Asks, and gives the parsed JSON of the answer (`undefined` for an empty one). */
export async function ask<T>(engine: Engine, call: Call): Promise<T> {
  const response = await send(engine, call)
  const body = await text(response)
  if ((response.statusCode ?? 500) >= 400) throw new EngineRefusal(response.statusCode ?? 500, messageOf(body))
  return (body === '' ? undefined : JSON.parse(body)) as T
}

/** Asks for an answer that keeps coming: logs, events. The caller destroys it. */
export async function stream(engine: Engine, call: Call): Promise<IncomingMessage> {
  const response = await send(engine, call)
  if ((response.statusCode ?? 500) >= 400) {
    throw new EngineRefusal(response.statusCode ?? 500, messageOf(await text(response)))
  }
  return response
}

/** Turns the connection into a raw one (`exec` with its standard streams). */
export async function hijack(engine: Engine, call: Call): Promise<Duplex> {
  const outgoing = httpRequest(optionsOf(engine, call, { Connection: 'Upgrade', Upgrade: 'tcp' }))
  outgoing.end(JSON.stringify(call.body ?? {}))
  return await new Promise((resolve, reject) => {
    outgoing.once('upgrade', (_response, socket: Duplex, head: Buffer) => {
      if (head.length > 0) socket.unshift(head)
      resolve(socket)
    })
    outgoing.once('response', (response) => {
      text(response).then((body) => reject(new EngineRefusal(response.statusCode ?? 500, messageOf(body))), reject)
    })
    outgoing.once('error', (error) => reject(unreachable(engine, error)))
  })
}

async function send(engine: Engine, call: Call): Promise<IncomingMessage> {
  const outgoing = httpRequest(optionsOf(engine, call, {}))
  outgoing.end(call.body === undefined ? undefined : JSON.stringify(call.body))
  try {
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
    return response
  } catch (error) {
    throw unreachable(engine, error as NodeJS.ErrnoException)
  }
}

function optionsOf(engine: Engine, call: Call, headers: Record<string, string>): RequestOptions {
  const query = call.query === undefined ? '' : `?${new URLSearchParams(call.query)}`
  return {
    socketPath: engine.socket,
    method: call.method ?? 'GET',
    path: `${call.path}${query}`,
    headers: { Host: 'docker', 'Content-Type': 'application/json', ...headers },
  }
}

function unreachable(engine: Engine, error: NodeJS.ErrnoException): Error {
  const { endpoint } = engine
  if (error.code === 'EACCES' || error.code === 'EPERM') return new DevenvError({ code: 'engine-forbidden', endpoint })
  if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED' || error.code === 'ENOTSOCK') {
    return new DevenvError({ code: 'engine-missing', endpoint, detail: error.code })
  }
  return error
}

function messageOf(body: string): string {
  try {
    const { message } = JSON.parse(body)
    return typeof message === 'string' ? message : body
  } catch {
    return body
  }
}
