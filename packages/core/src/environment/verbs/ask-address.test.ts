import { createServer, type Server } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { problemsOf } from '../../../test/samples.js'
import { askAddress } from './ask-address.js'

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return (server.address() as { port: number }).port
}
const ask = (port: number, programs: 'all' | string[] = 'all', program?: string) =>
  askAddress({
    addresses: [{ service: 'hello', port: 8000, name: undefined, program }],
    ports: { hello: { 8000: port } },
    settings: { programs, variables: {}, filed: [] },
  })

test('an address answers, whatever it says', async () => {
  const port = await listen(createServer((socket) => socket.end('HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n')))
  expect(await ask(port)).toBeUndefined()
})

test('one that hangs up at first has just begun', async () => {
  let asked = 0
  const port = await listen(
    createServer((socket) => {
      asked += 1
      if (asked < 3) socket.destroy()
      else socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
    }),
  )
  expect(await ask(port)).toBeUndefined()
  expect(asked).toBe(3)
})

test('one that hangs up, or where nobody listens, is told with its address', async () => {
  const port = await listen(createServer((socket) => socket.destroy()))
  expect(await problemsOf(() => ask(port))).toMatchObject([
    { code: 'address-silent', url: `http://localhost:${port}`, detail: expect.stringMatching(/./) },
  ])
  expect(await ask(port, ['worker'], 'web'), 'nobody need be there').toBeUndefined()
  expect(await ask(port, ['web']), 'nobody knows whether the one who answers there was chosen').toBeUndefined()
  expect(await problemsOf(() => ask(port, ['web'], 'web'))).toMatchObject([{ code: 'address-silent' }])
})
