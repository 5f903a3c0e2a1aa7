import { createServer } from 'node:net'
import { networkInterfaces } from 'node:os'
import { describe, expect, onTestFinished, test } from 'vitest'
import { problemsOf, sampleContainer, sampleEnvironment } from '../../../test/samples.js'
import { assignPorts } from './assign-ports.js'
import { PORT_RANGE } from './port-candidates.js'

const ENVIRONMENT = sampleEnvironment()
const WEB = { service: 'hello', target: 8000, fixed: undefined }
const none = new Set<number>()
const HAS_IPV6 = Object.values(networkInterfaces()).some((addresses) =>
  addresses?.some(({ address }) => address === '::1'),
)

/** A port of this machine that something holds until the test ends. */
async function takenPort(host = '127.0.0.1'): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, host, resolve))
  onTestFinished(() => void server.close())
  return (server.address() as { port: number }).port
}
/** One that nothing holds, and that no system gives out by itself. */
async function freePort(): Promise<number> {
  for (let port = 10_000; ; port++) {
    const server = createServer()
    const listens = new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false))
      server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
    })
    if (await listens) return port
  }
}

describe('the ports of an environment', () => {
  test('lie in our range, and no two are the same', async () => {
    const wishes = Array.from({ length: 12 }, (_, index) => ({
      service: 'hello',
      target: 8000 + index,
      fixed: undefined,
    }))
    const { ports } = await assignPorts(ENVIRONMENT, wishes, {}, [], none)
    const given = Object.values(ports.hello ?? {})
    expect(new Set(given).size).toBe(12)
    for (const port of given) {
      expect(port).toBeGreaterThanOrEqual(PORT_RANGE.from)
      expect(port).toBeLessThanOrEqual(PORT_RANGE.to)
    }
  })

  test('stay what they were', async () => {
    const before = { hello: { 8000: await freePort() } }
    expect(await assignPorts(ENVIRONMENT, [WEB], before, [], none)).toEqual({ ports: before, moved: [] })
  })

  test.each(['running', 'paused', 'restarting'] as const)(
    'stay what they are while our own container is %s',
    async (state) => {
      const port = await takenPort()
      const own = [sampleContainer('hello', 'a', { state, ports: { 8000: port } })]
      const { ports, moved } = await assignPorts(ENVIRONMENT, [WEB], { hello: { 8000: port } }, own, none)
      expect(ports).toEqual({ hello: { 8000: port } })
      expect(moved).toEqual([])
    },
  )

  test('move when somebody took them, and that is told', async () => {
    const port = await takenPort()
    const { ports, moved } = await assignPorts(ENVIRONMENT, [WEB], { hello: { 8000: port } }, [], none)
    expect(ports.hello?.[8000]).not.toBe(port)
    expect(moved.map((one) => one.port)).toEqual([port])
  })

  test.skipIf(!HAS_IPV6)('move when somebody answers there at the other address of localhost', async () => {
    const port = await takenPort('::1')
    const { ports } = await assignPorts(ENVIRONMENT, [WEB], { hello: { 8000: port } }, [], none)
    expect(ports.hello?.[8000]).not.toBe(port)
  })

  test('move when the engine could not bind them although they look free', async () => {
    const port = await freePort()
    const { ports } = await assignPorts(ENVIRONMENT, [WEB], { hello: { 8000: port } }, [], new Set([port]))
    expect(ports.hello?.[8000]).not.toBe(port)
  })

  test('that are fixed are taken as they are', async () => {
    const fixed = await freePort()
    const { ports } = await assignPorts(ENVIRONMENT, [{ ...WEB, fixed }], {}, [], none)
    expect(ports).toEqual({ hello: { 8000: fixed } })
  })

  test('that are fixed and taken are a problem: they cannot move', async () => {
    const fixed = await takenPort()
    expect(await problemsOf(() => assignPorts(ENVIRONMENT, [{ ...WEB, fixed }], {}, [], none))).toMatchObject([
      { code: 'port-taken', port: fixed },
    ])
  })

  test('are a problem when all are taken', async () => {
    const all = new Set(
      Array.from({ length: PORT_RANGE.to - PORT_RANGE.from + 1 }, (_, index) => PORT_RANGE.from + index),
    )
    expect(await problemsOf(() => assignPorts(ENVIRONMENT, [WEB], {}, [], all))).toEqual([
      { code: 'ports-exhausted', ...PORT_RANGE },
    ])
  })
})
