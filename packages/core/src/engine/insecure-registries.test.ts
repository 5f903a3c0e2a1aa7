import { createServer } from 'node:http'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { temporaryFolder, testEach } from '../../test/samples.js'
import type { Engine } from './engine.js'
import { isInsecureRegistry } from './insecure-registries.js'

/** An engine whose daemon.json says `"insecure-registries": ["lan.example:5000", "10.1.0.0/16"]`. */
async function lenient(): Promise<Engine> {
  const RegistryConfig = {
    IndexConfigs: { 'docker.io': { Secure: true }, 'lan.example:5000': { Secure: false } },
    InsecureRegistryCIDRs: ['10.1.0.0/16', '127.0.0.0/8', '::1/128'],
  }
  const socket = join(temporaryFolder(), 'engine.sock')
  const server = createServer((_request, response) => response.end(JSON.stringify({ RegistryConfig })))
  await new Promise<void>((resolve) => server.listen(socket, resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { endpoint: `unix://${socket}`, address: { socketPath: socket } }
}

testEach([
  { host: 'lan.example:5000', insecure: true },
  { host: 'lan.example:5001', insecure: false },
  { host: '10.1.2.3:5000', insecure: true },
  { host: '10.2.2.3:5000', insecure: false },
  { host: 'localhost:5000', insecure: true },
  { host: '[::1]:5000', insecure: true },
  { host: 'docker.io', insecure: false },
])('the engine takes $host without TLS: $insecure', async ({ host, insecure }) => {
  const engine = await lenient()
  expect(await isInsecureRegistry(() => engine, host)).toBe(insecure)
})

test('an engine that cannot be asked takes none', async () => {
  const socket = join(temporaryFolder(), 'none.sock')
  expect(
    await isInsecureRegistry(() => ({ endpoint: `unix://${socket}`, address: { socketPath: socket } }), '10.1.2.3'),
  ).toBe(false)
})
