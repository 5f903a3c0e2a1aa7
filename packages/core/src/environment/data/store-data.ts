import type { Readable, Writable } from 'node:stream'
import type { Container } from '../../engine/containers.js'
import type { Engine } from '../../engine/engine.js'
import { type Piped, pipeFrom, pipeInto } from '../../engine/pipes.js'
import { DevenvError } from '../../problem/problem.js'
import { asOwner } from '../inside/tools.js'
import type { Store } from '../project/stores-of.js'

/** Writes the data of a store to `out`, and leaves it open. @throws DevenvError `store-unread`, `engine-gone` */
export async function dumpStore(engine: Engine, container: Container, store: Store, out: Writable): Promise<void> {
  const ended = await pipeFrom(engine, commandIn(container, store, 'dump'), out)
  if (ended.exitCode !== 0) throw new DevenvError({ code: 'store-unread', store: store.name, detail: detailOf(ended) })
}

/** Fills an empty store. @throws DevenvError `store-unfilled`, `engine-gone` */
export async function loadStore(engine: Engine, container: Container, store: Store, data: Readable): Promise<void> {
  const ended = await pipeInto(engine, commandIn(container, store, 'load'), data)
  if (ended.exitCode !== 0)
    throw new DevenvError({ code: 'store-unfilled', store: store.name, detail: detailOf(ended) })
}

function commandIn({ id: container }: Container, { name, portable }: Store, deed: 'dump' | 'load') {
  if (portable === undefined) throw new Error(`${name} has no words for ${deed}`)
  const argv = ['sh', '-c', portable[deed]] as const
  return portable.by === 'owner' ? { container, argv: asOwner(argv), user: 'root' } : { container, argv }
}

const detailOf = ({ exitCode, said }: Piped): string => said || `The command ended with exit code ${exitCode}.`
