import { readPresence } from '../checkout/read-presence.js'
import { listContainers } from '../engine/containers.js'
import { type Engine, engineFrom } from '../engine/engine.js'
import { COMPOSE_LABELS, LABELS } from '../engine/labels.js'
import { runDocker } from '../engine/run-docker.js'
import { DevenvError, type Problem } from '../problem/problem.js'
import { runCommand } from '../process/run-command.js'
import type { Settings } from '../settings/settings.js'
import { requireVersions, WANTED } from './versions.js'

/** One thing that was looked at. `problem` where it is not well. */
export type Finding = { looked: string; found: string; problem?: Problem }

/** Looks at everything that environments need of this machine, and changes nothing. */
export async function examine(env: NodeJS.ProcessEnv, settings: Settings): Promise<Finding[]> {
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
    const versions = await requireVersions(engine)
    return `${versions.engine} at ${engine.endpoint} (≥ ${WANTED.engine}), Compose ${versions.compose} (≥ ${WANTED.compose})`
  })
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
      const containers = await listContainers(reached, [LABELS.service])
      const lost = containers.filter(
        ({ labels }) => readPresence(labels[LABELS.checkout] ?? '', labels[LABELS.mountPoint]) === 'gone',
      )
      const [all, gone] = [containers, lost].map(
        (among) => new Set(among.map(({ labels }) => labels[COMPOSE_LABELS.project])).size,
      )
      return gone === 0 ? `${all}` : `${all}; the checkouts of ${gone} are gone: devenv prune`
    })
  }
  findings.push({ looked: 'mirror', found: settings.mirror ?? 'none, so docker.io (DEVENV_MIRROR names a mirror)' })
  findings.push({
    looked: 'certificate authorities',
    found: settings.caBundle ?? 'none found on this machine (DEVENV_CA_BUNDLE names a file)',
  })
  const proxies = Object.entries(settings.proxies).map(
    ([name, value]) => `${name}=${value.replace(/\/\/[^@/]*@/, '//…@')}`,
  )
  findings.push({ looked: 'proxy', found: proxies.join(' ') || 'none' })
  const loopback = Object.values(settings.proxies).find((value) => /\/\/(127\.|localhost)/.test(value))
  if (loopback !== undefined)
    findings.push({
      looked: 'proxy',
      found: `containers cannot reach ${loopback}: there that name means the container itself`,
    })
  return findings
}
