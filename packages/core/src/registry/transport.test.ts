import { type AddressInfo, createServer, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { findSilence } from './transport.js'

const DIRECT = { caBundle: undefined, proxies: {} }

/** A server on loopback that does this with each connection, the first of them counted 1. */
async function serving(act: (socket: Socket, count: number) => void): Promise<URL> {
  let count = 0
  const sockets: Socket[] = []
  const server = createServer((socket) => {
    sockets.push(socket)
    socket.on('error', () => {})
    act(socket, ++count)
  })
  onTestFinished(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
}
const answering = (socket: Socket) => void socket.once('data', () => socket.end('HTTP/1.1 500 No\r\n\r\n'))

test('a server that answers, whatever it says, is not silent', async () => {
  expect(await findSilence(await serving(answering), DIRECT, 5_000)).toBeUndefined()
})

test('a connection that is reset is tried once more', async () => {
  const url = await serving((socket, count) => (count === 1 ? void socket.resetAndDestroy() : answering(socket)))
  expect(await findSilence(url, DIRECT, 5_000)).toBeUndefined()
})

test('a server that says nothing is waited for no longer than the limit', async () => {
  expect(await findSilence(await serving(() => {}), DIRECT, 200)).toBe('it gave no answer in 0.2 s')
})

test('the proxy that does not answer is named, without its password', async () => {
  const proxies = { HTTPS_PROXY: 'http://bob:secret@127.0.0.1:1' }
  expect(await findSilence(new URL('https://github.com/'), { ...DIRECT, proxies }, 5_000)).toMatch(
    /ECONNREFUSED.*, through the proxy 127\.0\.0\.1:1$/,
  )
})
