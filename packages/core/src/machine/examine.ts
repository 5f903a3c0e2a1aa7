import { readPresence } from '../checkout/read-presence.js'
import { OLDEST_COMPOSE, readComposeVersion } from '../engine/compose.js'
import { type Engine, engineFrom } from '../engine/engine.js'
import { LABELS } from '../engine/labels.js'
import { listProjects } from '../engine/list-projects.js'
import { runDocker } from '../engine/run-docker.js'
import { DevenvError } from '../problem/problem.js'
import { runCommand } from '../process/run-command.js'
import { requireReadable } from '../registry/registry.js'
import { repositoryOf } from '../registry/repository.js'
import { registryOf, type Settings } from '../settings/settings.js'
import { explainMachine, type Finding } from './explain-machine.js'
import { readMachineFacts } from './machine-facts.js'
import { OLDEST_ENGINE, requireEngine } from './require-engine.js'

/** A third-party image that every registry with official images has. */
const OFFICIAL = 'library/redis'

/** `images`: as the Compose files name them; `undefined` where these cannot be read. */
export type AtHand = { data: string; image: string; images: readonly string[] | undefined }

/**
 * Looks at everything that environments need of this machine, and changes nothing.
 * @param at the environment at hand: the folder of its data, its image’s name without a registry, all its images
 */
export async function examine(env: NodeJS.ProcessEnv, settings: Settings, at: AtHand | undefined): Promise<Finding[]> {
  const findings: Finding[] = [{ looked: 'node', found: process.version }]
  const look = async (looked: string, work: () => Promise<string>) => {
    try {
      findings.push({ looked, found: await work() })
    } catch (error) {
      if (!(error instanceof DevenvError)) throw error
      for (const problem of error.problems) findings.push({ looked, found: 'not ready', problem })
    }
  }
  let engine: Engine | undefined
  await look('engine', async () => {
    engine = engineFrom(env)
    return `${await requireEngine(engine)} at ${engine.endpoint} (≥ ${OLDEST_ENGINE})`
  })
  await look('compose', async () => `${await readComposeVersion()} (≥ ${OLDEST_COMPOSE})`)
  await look('buildx', async () => {
    const { exitCode, stdout, stderr } = await runDocker({ args: ['buildx', 'version'], seconds: 60 })
    if (exitCode !== 0) throw new DevenvError({ code: 'buildx-missing', detail: stderr.trim() })
    return stdout.trim()
  })
  await look(
    'git',
    async () =>
      (await runCommand({ argv: ['git', '--version'] })).stdout.trim() ||
      'not found, so only git inside the container works',
  )
  if (engine !== undefined && findings.every(({ problem }) => problem === undefined)) {
    const reached = engine
    await look('environments', async () => {
      const all = await listProjects(reached)
      const gone = all.filter(
        ({ labels }) => readPresence(labels[LABELS.checkout] ?? '', labels[LABELS.mountPoint]) === 'gone',
      )
      return gone.length === 0
        ? `${all.length}: devenv list`
        : `${all.length}; the checkouts of ${gone.length} are gone: devenv prune`
    })
  }
  const access = { caBundle: settings.caBundle, proxies: settings.proxies }
  const registry = registryOf(settings.registry)
  const places = [
    {
      looked: settings.mirror === undefined ? 'Docker Hub' : 'mirror',
      host: settings.mirror ?? 'docker.io',
      repository: OFFICIAL,
      variable: 'DEVENV_MIRROR',
    },
    { looked: 'registry', host: registry, repository: at?.image, variable: 'DEVENV_REGISTRY' },
  ]
  for (const { looked, host, repository, variable } of places)
    await look(looked, async () => {
      if (host === undefined) return `none, so images are built here (${variable} names one)`
      if (settings.network === 'offline') return `${host}, not asked: offline`
      if (repository === undefined) return `${host}, asked in a checkout only`
      return `${host} answers, asked ${await requireReadable(repositoryOf(`${host}/${repository}`, access))}`
    })
  findings.push({
    looked: 'certificate authorities',
    found: settings.caBundle ?? 'none found on this machine (DEVENV_CA_BUNDLE names a file)',
  })
  const ready = findings.some(({ looked, problem }) => looked === 'engine' && problem !== undefined)
    ? undefined
    : engine
  const facts = await readMachineFacts(ready, [at?.data ?? process.cwd()], at?.images, settings.proxies)
  return [...findings, ...explainMachine(facts)]
}
