import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { runCommand } from '../engine/command.js'
import { type Container, listContainers, mayWrite } from '../engine/containers.js'
import type { Engine } from '../engine/engine.js'
import { LABELS } from '../engine/labels.js'
import { removeProject } from '../engine/remove-project.js'
import { DevenvError } from '../problem/problem.js'
import { type Report, step } from '../progress/progress.js'
import { planRemoval, removeEmpty, removeOwned } from './data-directory.js'
import { type Environment, folderIdentity } from './identity.js'
import { containersOf } from './inside.js'
import { withLock } from './lock.js'

/**
 * Removes an environment: its containers, its network, and in the data directory what devenv created there.
 * @returns what was found in our folder and left, because it is not ours
 * @throws DevenvError `store-in-use` when another environment is writing the same stores, `data-unusable`
 */
export async function clean(engine: Engine, environment: Environment, report: Report): Promise<{ left: string[] }> {
  const { paths, project } = environment
  const work = async () => {
    await refuseForeignWriter(engine, environment)
    const containers = await containersOf(engine, environment)
    // Noted while they are there: an image by which root can remove what other users' servers wrote.
    const image = containers.map((container) => container.imageId)[0]
    await step(report, 'containers', undefined, () => removeProject(engine, project))
    const { remove, leave, folders } = planRemoval(paths)
    const sharers = readSharers(environment)
    if (sharers.length > 0) {
      // What several environments use in turn goes with the last of them.
      report({ kind: 'note', text: `databases and logs stay, for another checkout shares them: ${sharers.join(', ')}` })
      removeOwned(remove.filter((path) => path === paths.record || path === paths.composeFile))
      return { left: leave, folders: [] }
    }
    await step(report, 'data', paths.home, async () => {
      const stubborn = removeOwned(remove.filter((path) => !/start\.(lock|pid)$/.test(path)))
      if (stubborn.length > 0) await removeAsRoot(engine, paths.home, stubborn, image)
    })
    return { left: leave, folders }
  }
  const result = existsSync(paths.home) ? await withLock(environment, report, work) : await work()
  for (const folder of [...result.folders, paths.dataDirectory]) removeEmpty(folder)
  return { left: result.left }
}

/** The other checkouts, still there, whose environments have their record in this data directory. */
function readSharers({ paths }: Environment): string[] {
  const records = existsSync(paths.home)
    ? readdirSync(paths.home).filter((name) => /^devenv-.*(?<!\.compose)\.json$/.test(name))
    : []
  return records.flatMap((name) => {
    const file = join(paths.home, name)
    if (file === paths.record) return []
    const checkout = checkoutOf(file)
    return checkout !== undefined && existsSync(checkout) ? [checkout] : []
  })
}

function checkoutOf(record: string): string | undefined {
  try {
    return JSON.parse(readFileSync(record, 'utf8')).image?.spec?.contexts?.checkout
  } catch {
    return undefined
  }
}

async function refuseForeignWriter(engine: Engine, { paths, project }: Environment): Promise<void> {
  if (!existsSync(paths.stores)) return
  const holders = await listContainers(engine, [`${LABELS.stores}=${folderIdentity(paths.stores)}`])
  const other = holders.find(
    ({ labels, state }: Container) => labels['com.docker.compose.project'] !== project && mayWrite({ state }),
  )
  if (other !== undefined)
    throw new DevenvError({
      code: 'store-in-use',
      data: paths.dataDirectory,
      holder: other.labels[LABELS.checkout] ?? other.name,
    })
}

/** Databases write as users of their own; root in a container may remove what they left, on this folder only. */
async function removeAsRoot(
  engine: Engine,
  home: string,
  paths: readonly string[],
  known: string | undefined,
): Promise<void> {
  const image = known ?? (await listContainers(engine, [LABELS.service]))[0]?.imageId ?? (await anyImage())
  const fail = (detail: string) => new DevenvError({ code: 'data-unusable', path: home, detail })
  if (image === undefined)
    throw fail('it contains files of other users, and no image of devenv is here that could remove them')
  const names = paths.map((path) => join('/devenv', path.slice(home.length)))
  const { exitCode, stderr } = await runCommand({
    argv: [
      'docker',
      'run',
      '--rm',
      '--user',
      '0:0',
      '--network',
      'none',
      '--entrypoint',
      'rm',
      '--mount',
      `type=bind,"source=${home.replaceAll('"', '""')}",target=/devenv`,
      image,
      '-rf',
      '--',
      ...names,
    ],
  })
  if (exitCode !== 0) throw fail(stderr.trim())
}

async function anyImage(): Promise<string | undefined> {
  const { stdout } = await runCommand({ argv: ['docker', 'images', '--quiet', '--filter', `label=${LABELS.digest}`] })
  return stdout.split('\n')[0] || undefined
}
