import type { Readable, Writable } from 'node:stream'
import type { Container } from '../../engine/containers.js'
import type { Engine } from '../../engine/engine.js'
import { pipeFrom, pipeInto } from '../../engine/pipes.js'
import { pipeDocker } from '../../engine/run-docker.js'
import { DevenvError } from '../../problem/problem.js'
import { asOwner } from '../inside/tools.js'
import type { Store } from '../project/stores-of.js'

/**
 * Writes the data of a store to `out`, and leaves it open. A server is asked in its container; files are read by a container that
 * sees nothing else.
 * @param folder where the files of the store are
 * @throws DevenvError `store-unread`, `engine-gone`
 */
export async function dumpStore(
  engine: Engine,
  { id, imageId }: Container,
  { name, target, portable }: Store,
  folder: string,
  out: Writable,
): Promise<void> {
  if (portable === undefined) throw new Error(`${name} cannot be dumped`)
  const ended =
    portable.by === 'server'
      ? await pipeFrom(engine, { container: id, argv: ['sh', '-c', portable.dump] }, out)
      : await pipeDocker(argumentsOf(folder, target, imageId, portable.dump), out)
  const said = 'said' in ended ? ended.said : ended.stderr.trim()
  if (ended.exitCode !== 0)
    throw new DevenvError({ code: 'store-unread', store: name, detail: detailOf(ended.exitCode, said) })
}

const argumentsOf = (folder: string, target: string, image: string, line: string): string[] => [
  ...['run', '--rm', '--network', 'none', '--user', '0:0', '--entrypoint', 'sh'],
  ...['--mount', `type=bind,"source=${folder.replaceAll('"', '""')}",target=${target},readonly`],
  ...[image, '-c', line],
]

/** Fills an empty store. @throws DevenvError `store-unfilled`, `engine-gone` */
export async function loadStore(
  engine: Engine,
  { id: container }: Container,
  { name, portable }: Store,
  data: Readable,
): Promise<void> {
  if (portable === undefined) throw new Error(`${name} cannot be loaded`)
  const argv = ['sh', '-c', portable.load] as const
  const command = portable.by === 'owner' ? { container, argv: asOwner(argv), user: 'root' } : { container, argv }
  const { exitCode, said } = await pipeInto(engine, command, data)
  if (exitCode !== 0) throw new DevenvError({ code: 'store-unfilled', store: name, detail: detailOf(exitCode, said) })
}

const detailOf = (exitCode: number, said: string): string => said || `The command ended with exit code ${exitCode}.`
