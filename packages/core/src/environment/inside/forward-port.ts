import { createServer, Socket } from 'node:net'
import type { Engine } from '../../engine/engine.js'
import { chunksOf, startExec } from '../../engine/execs.js'
import { connectCommand } from './tools.js'

/**
 * Has a port of this machine's loopback lead to the same port in a container of ours, as long as this process lives. Containers cannot be
 * given another port once they are there.
 */
export function forwardPort(engine: Engine, container: string, port: number): Promise<void> {
  const server = createServer((client) => {
    forward(engine, container, port, client).catch(() => client.destroy())
  })
  // What is to be debugged decides how long we live.
  server.unref()
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
}

async function forward(engine: Engine, container: string, port: number, client: Socket): Promise<void> {
  const command = { container, argv: connectCommand(port), user: 'root' }
  const { socket } = await startExec(engine, command, { AttachStdin: true })
  for (const end of [client, socket]) {
    end.on('error', () => {})
    // An editor that stays connected keeps us no longer than what it debugs.
    if (end instanceof Socket) end.unref()
  }
  client.pipe(socket)
  client.once('close', () => socket.destroy())
  for await (const { channel, data } of chunksOf(engine, socket)) if (channel === 'out') client.write(data)
  client.end()
}
