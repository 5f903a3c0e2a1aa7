import { setTimeout as pause } from 'node:timers/promises'
import { lastLogLines } from '../../engine/container-logs.js'
import type { Container } from '../../engine/containers.js'
import type { Engine } from '../../engine/engine.js'
import { captureInside } from '../../engine/execs.js'
import { DevenvError } from '../../problem/problem.js'

const READY_SECONDS = 30
/** One command, which looks by itself: to begin one takes the engine longer than 20 ms. */
const READY = `looks=0
until [ -s /run/devenv/owner ] && [ -S /run/devenv/supervisor.sock ]; do
  looks=$((looks + 1)); [ $looks -le ${READY_SECONDS * 50} ] || exit 1; sleep 0.02
done`

/** Waits until the entrypoint has mapped the owner. @throws DevenvError `not-ready` */
export async function waitReady(engine: Engine, container: Container): Promise<void> {
  const deadline = Date.now() + READY_SECONDS * 1000
  for (;;) {
    // A container that the engine starts again ends it.
    const { exitCode } = await captureInside(engine, {
      container: container.id,
      argv: ['/bin/sh', '-c', READY],
      user: 'root',
    }).catch(() => ({ exitCode: 1 }))
    if (exitCode === 0) return
    if (Date.now() > deadline)
      throw new DevenvError({
        code: 'not-ready',
        container: container.service,
        log: await lastLogLines(engine, container.id, 20),
      })
    await pause(50)
  }
}

const ANSWER_SECONDS = 60

/**
 * Asks a health check ourselves until it is answered; whoever has to know whether it never is, asks the engine.
 * @param test as Compose resolves it: `CMD` or `CMD-SHELL`, then the command
 */
export async function waitAnswered(engine: Engine, { id }: Container, test: readonly string[]): Promise<void> {
  const [kind, ...words] = test
  const [program, ...rest] = kind === 'CMD-SHELL' ? ['/bin/sh', '-c', ...words] : words
  if (program === undefined) return
  const deadline = Date.now() + ANSWER_SECONDS * 1000
  while (Date.now() < deadline) {
    if ((await captureInside(engine, { container: id, argv: [program, ...rest] })).exitCode === 0) return
    await pause(200)
  }
}
