import { join } from 'node:path'
import type { Container } from '../../engine/containers.js'
import { LABELS } from '../../engine/labels.js'
import { differs, readDigestsFile, type Settings } from '../../settings/settings.js'
import type { Context } from '../context.js'
import { readRestoring } from '../data/aside.js'
import { readMounted } from '../data/folder-identity.js'
import { readLedger } from '../data/ledger.js'
import { isLocked } from '../data/mutex.js'
import { readRecord, type StartRecord, unchanged } from '../data/record.js'
import type { Environment } from '../environment.js'
import { containersOf } from '../inside/containers-of.js'
import { sharedNetwork } from '../project/neighbours.js'
import { isSameChoice } from './choose-programs.js'

/** How much has to run: everything, provisioned and with its programs; or only what one target says it needs. */
export type Extent = { all: true } | { all: false; needs: readonly string[] }

export type Started = { record: StartRecord; containers: readonly Container[]; primary: Container }

/**
 * What runs already, if that is all that is wanted and nothing it was made from has changed; otherwise
 * `undefined`, and `start` finds out. The quick way of every command: no Compose, no YAML, one question.
 */
export async function findRunning(
  context: Pick<Context, 'engine' | 'environment' | 'settings'>,
  extent: Extent,
  strict: 'unchanged' | 'running',
): Promise<Started | undefined> {
  const { environment, settings } = context
  // Somebody at work (a stop, a clean, another start) may be taking away what runs.
  if (strict === 'unchanged' && (isLocked(environment) || readRestoring(environment.paths) !== undefined))
    return undefined
  const record = readRecord(environment)
  if (record === undefined || record.stopping) return undefined
  const containers = await containersOf(context)
  const services = extent.all ? Object.keys(record.configs) : [record.primary, ...extent.needs]
  const primary = containers.find(({ service }) => service === record.primary)
  if (primary === undefined) return undefined
  const shared = record.neighbours.map(({ project }) => sharedNetwork(environment.project, project))
  if (!shared.every((name) => primary.networks.includes(name))) return undefined
  for (const service of services) {
    const [container, ...more] = containers.filter((candidate) => candidate.service === service)
    if (more.length > 0) return undefined
    if (container?.state !== 'running' || container.network === 'disconnected') return undefined
    if (container.labels[LABELS.config] !== record.configs[service]) return undefined
    if (record.ours[service] !== undefined) {
      if (extent.all && record.released[service]?.container !== container.id) return undefined
    } else if (container.health !== 'healthy' && container.health !== 'none') return undefined
  }
  const running = { record, containers, primary }
  if (strict === 'running') return running
  const isSame = isUnchanged(record, settings, environment) && seesItsFolders(running, environment)
  return isSame && (!extent.all || isDone(record, environment)) ? running : undefined
}

/** Whether the checkout and the libraries are still the folders that the container has. */
export const seesItsFolders = ({ record, primary }: Omit<Started, 'containers'>, environment: Environment): boolean =>
  primary.labels[LABELS.mounted] === readMounted(environment, record.libraries ?? [])

/** What a person is told where it does not. */
export const HAS_OLD_FOLDER =
  'the container still has the old folder: the checkout or a library was removed, or another folder took its place. `devenv start` has it see what is there now'

/** Nothing that the last start was made from has changed since, and it was made from this package: a copy of it may say something else. */
const isUnchanged = (record: StartRecord, settings: Settings, { package: { directory } }: Environment): boolean =>
  !settingsDiffer(record, settings) &&
  join(directory, 'package.json') in record.stamps.definition &&
  Object.values(record.stamps).every(unchanged)

/** The last start came to its end: steps were carried out as they are now, and the chosen programs are those that run. */
const isDone = (
  { steps, provisioned, begun, ours, released, settings }: StartRecord,
  { paths }: Environment,
): boolean => {
  if (begun !== undefined) return false
  const names = new Set(Object.values(steps).flatMap(({ stores }) => stores))
  const ledgers = new Map([...names].map((store) => [store, readLedger(paths, store)]))
  const isPassed = ([step, { now, stores }]: [string, StartRecord['steps'][string]]) =>
    stores.length === 0 ? provisioned[step] === now : stores.every((store) => ledgers.get(store)?.steps[step] === now)
  const isChosen = (service: string) => isSameChoice(released[service]?.programs ?? 'all', settings.programs ?? 'all')
  return Object.entries(steps).every(isPassed) && Object.keys(ours).every(isChosen)
}

const settingsDiffer = ({ settings, image }: StartRecord, given: Settings): boolean =>
  differs(given, settings) ||
  // A file may name another digest than when it was last read.
  (given.digests !== undefined &&
    !Object.values(readDigestsFile(given.digests)).some((digest) => image.reference.endsWith(`@${digest}`)))
