import type { Container } from '../engine/containers.js'
import type { Engine } from '../engine/engine.js'
import { LABELS } from '../engine/labels.js'
import { readDigestsFile, type Settings } from '../settings/settings.js'
import { isSameChoice } from './choose-programs.js'
import type { Environment } from './identity.js'
import { containersOf } from './inside.js'
import { type Record, readRecord, unchanged } from './record.js'

/** How much has to run: everything, provisioned and with its programs; or only what one target says it needs. */
export type Extent = { all: true } | { all: false; needs: readonly string[] }

export type Started = { record: Record; containers: readonly Container[]; primary: Container }

/**
 * What runs already, if that is all that is wanted and nothing it was made from has changed; otherwise
 * `undefined`, and `start` finds out. The quick way of every command: no Compose, no YAML, one question.
 */
export async function findRunning(
  engine: Engine,
  environment: Environment,
  settings: Settings,
  extent: Extent,
  strict: 'unchanged' | 'running',
): Promise<Started | undefined> {
  const record = readRecord(environment)
  if (record === undefined) return undefined
  const containers = await containersOf(engine, environment)
  const services = extent.all ? Object.keys(record.configs) : [record.primary, ...extent.needs]
  const primary = containers.find(({ service }) => service === record.primary)
  if (primary === undefined) return undefined
  for (const service of services) {
    const container = containers.find((candidate) => candidate.service === service)
    if (container?.state !== 'running' || container.labels[LABELS.config] !== record.configs[service]) return undefined
    if (record.ours[service] !== undefined) {
      if (extent.all && record.released[service]?.container !== container.id) return undefined
    } else if (container.health !== 'healthy' && container.health !== 'none') return undefined
  }
  if (strict === 'unchanged' && !(isUnchanged(record, settings) && (!extent.all || isDone(record)))) return undefined
  return { record, containers, primary }
}

/** Nothing that the last start was made from has changed since. */
const isUnchanged = (record: Record, settings: Settings): boolean =>
  !settingsDiffer(record, settings) && Object.values(record.stamps).every(unchanged)

/** The last start came to its end: steps passed as they are now, and the chosen programs are those that run. */
const isDone = ({ steps, provisioned, ours, released, settings: { programs } }: Record): boolean =>
  Object.entries(steps).every(([step, now]) => provisioned[step] === now) &&
  Object.keys(ours).every((service) => isSameChoice(released[service]?.programs ?? programs, programs))

/** A setting that is not set keeps its last value; see `Record`. */
const settingsDiffer = (
  { settings, image }: Record,
  { mirror, registry, digests, publish, programs, without, variables }: Settings,
): boolean =>
  // A file may name another digest than when it was last read.
  (digests !== undefined &&
    !Object.values(readDigestsFile(digests)).some((digest) => image.reference.endsWith(`@${digest}`))) ||
  (mirror !== undefined && mirror !== settings.mirror) ||
  (registry !== undefined && registry !== settings.registry) ||
  (without !== undefined && without.join() !== settings.without.join()) ||
  (programs !== undefined && !isSameChoice(programs, settings.programs)) ||
  (publish.length > 0 && publish.join() !== settings.publish.join()) ||
  Object.entries(settings.variables).some(
    ([name, before]) => variables[name] !== undefined && variables[name] !== before,
  )
