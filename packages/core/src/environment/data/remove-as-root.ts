import { join } from 'node:path'
import { listContainers } from '../../engine/containers.js'
import type { Engine } from '../../engine/engine.js'
import { LABELS } from '../../engine/labels.js'
import { runDocker } from '../../engine/run-docker.js'
import { DevenvError } from '../../problem/problem.js'
import type { Outcome } from '../../process/run-command.js'
import type { Paths } from '../environment.js'
import { storeData } from './ledger.js'
import { listRetired, removeOwned, retire } from './removal.js'

/**
 * Removes paths below `home`. Databases write as users of their own; root in a container may remove what they left, on this folder
 * only.
 * @param known an image by which that can be done, where one is known
 * @throws DevenvError `data-unusable`
 */
export async function removeAll(
  engine: Engine,
  home: string,
  paths: readonly string[],
  known: string | undefined,
): Promise<void> {
  const stubborn = removeOwned(paths)
  if (stubborn.length === 0) return
  const fail = (detail: string) => new DevenvError({ code: 'data-unusable', path: home, detail })
  const outcome = await runAsRoot(engine, home, stubborn, known, ['rm', '-rf'])
  if (outcome === undefined)
    throw fail('it contains files of other users, and no image of devenv is here that could remove them')
  if (outcome.exitCode !== 0) throw fail(outcome.stderr.trim())
}

/** Takes the data of stores out of use in one step each, and removes them, with what a removal that was killed has left. */
export async function emptyStores(
  engine: Engine,
  paths: Paths,
  stores: readonly string[],
  known: string | undefined,
): Promise<void> {
  const retired = stores.flatMap((store) => [retire(storeData(paths, store)), ...listRetired(paths, store)])
  await removeAll(engine, paths.home, [...new Set(retired)], known)
}

/** Runs a program as root on paths below `home`; `undefined` where no image is here that could. */
export async function runAsRoot(
  engine: Engine,
  home: string,
  paths: readonly string[],
  known: string | undefined,
  [program, ...options]: readonly [string, ...string[]],
): Promise<Outcome | undefined> {
  const image = known ?? (await listContainers(engine, [LABELS.service]))[0]?.imageId ?? (await anyImage())
  if (image === undefined) return undefined
  const names = paths.map((path) => join('/devenv', path.slice(home.length)))
  return await runDocker({
    args: [
      'run',
      '--rm',
      '--user',
      '0:0',
      '--network',
      'none',
      '--entrypoint',
      program,
      '--mount',
      `type=bind,"source=${home.replaceAll('"', '""')}",target=/devenv`,
      image,
      ...options,
      '--',
      ...names,
    ],
    seconds: 900,
  })
}

async function anyImage(): Promise<string | undefined> {
  const { stdout } = await runDocker({ args: ['images', '--quiet', '--filter', `label=${LABELS.digest}`], seconds: 60 })
  return stdout.split('\n')[0] || undefined
}
