import { createServer } from 'node:net'
import { runCommand } from '../../process/run-command.js'

/** Both addresses that browsers take for `localhost`: the engine binds the one, and whoever listens on the other would answer instead. */
const LOOPBACK = ['127.0.0.1', '::1']

/** Whether a container can be bound to this port of loopback. */
export const isFree = async (port: number): Promise<boolean> => {
  for (const host of LOOPBACK) if (await isTaken(port, host)) return false
  return true
}

const isTaken = (port: number, host: string): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer()
    // A machine may have no IPv6.
    server.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code === 'EADDRINUSE' || host === LOOPBACK[0]))
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(false)))
  })

/** The program that listens on a port, where this machine can tell. */
export async function holderOf(port: number): Promise<string | undefined> {
  const { exitCode, stdout } = await runCommand({
    argv: ['lsof', '-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc'],
  }).catch(() => ({ exitCode: 1, stdout: '' }))
  if (exitCode === 0) {
    const [, pid, name] = /p(\d+)\n(?:.*\n)*?c(.+)/.exec(stdout) ?? []
    if (pid !== undefined) return `${name} (process ${pid})`
  }
  const listening = await runCommand({ argv: ['ss', '-Hltnp', `sport = :${port}`] }).catch(() => ({
    exitCode: 1,
    stdout: '',
  }))
  const [, name, pid] = /users:\(\("([^"]+)",pid=(\d+)/.exec(listening.stdout) ?? []
  return pid === undefined ? undefined : `${name} (process ${pid})`
}
