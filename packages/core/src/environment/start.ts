import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Definition, thirdPartyOf } from '../definition/definition.js'
import { CORE_DIRECTORY, readDefinition, readVariableNames } from '../definition/read-definition.js'
import { pullImage, whyUnavailable } from '../engine/buildx.js'
import { createContainers, removeProject } from '../engine/compose.js'
import { type Container, findImage, listContainers, startContainer } from '../engine/containers.js'
import type { Engine } from '../engine/engine.js'
import { EngineRefusal } from '../engine/engine.js'
import { captureInside, runInside } from '../engine/exec.js'
import { LABELS } from '../engine/labels.js'
import { readMtu } from '../engine/read-mtu.js'
import { requireVersions } from '../engine/versions.js'
import { buildImage } from '../image/build-image.js'
import { basesOf, type ImageInputs, listInputs } from '../image/image-inputs.js'
import { readKnownImages } from '../image/known-images.js'
import { planImage } from '../image/plan-image.js'
import { buildSpecOf, readImageInputs } from '../image/read-image-inputs.js'
import { DevenvError } from '../problem/problem.js'
import { assignPorts } from './assign-ports.js'
import { createDataDirectory, openStore, type StoreRecord, writeOwned } from './data-directory.js'
import { type Extent, findRunning, type Started } from './find-running.js'
import { type Environment, folderIdentity } from './identity.js'
import { asOwner, containersOf, releaseCommand, waitReady } from './inside.js'
import { withLock } from './lock.js'
import { requireRecognised } from './open-environment.js'
import { codeDirectoryOf, planProject, renderProject, storesOf, urlsOf, wantedPorts } from './plan-project.js'
import { type ProvisionFacts, planProvision } from './plan-provision.js'
import { planStart, type StartStep, type Wanted } from './plan-start.js'
import { probeFileEvents } from './probe-file-events.js'
import { type Report, step } from './progress.js'
import { readGitMounts } from './read-git-mounts.js'
import { readMatchingFiles } from './read-matching-files.js'
import { type Record, readRecord, stampsOf, writeRecord } from './record.js'
import type { Settings } from './settings.js'
import { waitHealthy } from './wait-healthy.js'

/**
 * Brings an environment to where `extent` is running, but for the primary's own health. Safe to interrupt and
 * to repeat: each run goes on from what is there.
 * @throws DevenvError
 */
export async function start(
  engine: Engine,
  environment: Environment,
  settings: Settings,
  extent: Extent,
  report: Report,
): Promise<Started> {
  const running = await findRunning(engine, environment, settings, extent, 'unchanged')
  if (running !== undefined) return running
  await requireVersions(engine)
  await requireRecognised(environment)
  createDataDirectory(environment)
  return await withLock(environment, report, async () => {
    const refused = new Set<number>()
    for (let attempt = 1; ; attempt++) {
      try {
        return await startLocked(engine, environment, settings, extent, report, refused)
      } catch (error) {
        const port = portOf(error)
        if (port === undefined || attempt === 3) throw error
        refused.add(port)
      }
    }
  })
}

/** The port that the engine could not bind: somebody took it between our look and its try. */
const portOf = (error: unknown): number | undefined => {
  if (!(error instanceof EngineRefusal)) return undefined
  const found = /(?:Bind for |listen tcp4? )\S*?:(\d+)(?: failed)?: .*(?:already allocated|already in use)/.exec(
    error.detail,
  )?.[1]
  return found === undefined ? undefined : Number(found)
}

async function startLocked(
  engine: Engine,
  environment: Environment,
  given: Settings,
  extent: Extent,
  report: Report,
  refused: ReadonlySet<number>,
): Promise<Started> {
  const before = readRecord(environment)
  const settings: Settings = {
    ...given,
    mirror: given.mirror ?? before?.settings.mirror,
    publish: given.publish.length > 0 ? given.publish : (before?.settings.publish ?? []),
  }
  const variables = rememberVariables(readVariableNames(environment), given.variables, before?.settings.variables ?? {})
  const definition = await readDefinition({
    ...environment,
    mirror: settings.mirror,
    variables,
    stores: environment.paths.stores,
  })
  const storesIdentity = folderIdentity(environment.paths.stores)
  await claimStores(engine, environment, storesIdentity, report)

  const inputs = readImageInputs(buildSpecOf(definition))
  const image = await ensureImage(engine, inputs, settings, report)
  const needs = extent.all ? thirdPartyOf(definition) : extent.needs
  await ensurePulled(engine, definition, needs, settings, report)

  const own = await containersOf(engine, environment)
  const { ports, moved } = await assignPorts(
    environment,
    wantedPorts(definition, settings.publish),
    before?.ports ?? {},
    own,
    refused,
  )
  for (const { port, holder } of moved)
    report({
      kind: 'note',
      text: `port ${port} is taken${holder === undefined ? '' : ` by ${holder}`}; another one is used`,
    })
  const gitMounts = readGitMounts(environment.checkout, codeDirectoryOf(definition))
  const project = planProject(definition, environment, settings, {
    image: image.reference,
    ports,
    storesIdentity,
    gitMounts,
    mtu: readMtu(),
  })
  const stores = await openStores(engine, environment, definition, needs)

  const { facts, watched } = await readProvisionFacts(
    environment,
    definition,
    stores,
    image.digest,
    urlsOf(ports[definition.primary]).DEVENV_URL ?? '',
  )
  const steps = planProvision(definition.provision, facts).map((planned) => ({
    ...planned,
    passed: before?.provisioned[planned.name],
  }))
  const configs = Object.fromEntries(
    Object.entries(project.services).map(([name, { labels }]) => [name, labels?.[LABELS.config] ?? '']),
  )
  const wanted: Wanted = { primary: definition.primary, needs, programs: extent.all }
  const plan = planStart(wanted, { containers: own, configs, released: before?.released, steps })

  const rendered = renderProject(project)
  if (!existsSync(environment.paths.composeFile) || readFileSync(environment.paths.composeFile, 'utf8') !== rendered) {
    writeOwned(environment.paths.composeFile, rendered)
  }
  const record: Record = {
    format: 1,
    settings: { mirror: settings.mirror, publish: settings.publish, variables },
    primary: definition.primary,
    codeDirectory: codeDirectoryOf(definition),
    image: { ...image, spec: inputs.spec, inputs: listInputs(inputs) },
    ports,
    configs,
    targets: definition.targets,
    accounts: definition.accounts,
    provisioned: before?.provisioned ?? {},
    released: before?.released,
    stamps: {
      inputs: stampsOf(inputPaths(inputs)),
      definition: stampsOf(definitionPaths(environment, definition)),
      provision: stampsOf(watched),
    },
  }
  writeRecord(environment, record)
  return await carryOut(plan, { engine, environment, definition, wanted, record, steps, report })
}

type Work = {
  engine: Engine
  environment: Environment
  definition: Definition
  wanted: Wanted
  record: Record
  steps: readonly { name: string; now: string }[]
  report: Report
}

async function carryOut(plan: readonly StartStep[], work: Work): Promise<Started> {
  const { engine, environment, wanted, record, report } = work
  const { paths, project, checkout } = environment
  for (const planned of plan) {
    if (planned.do !== 'create') continue
    const files = { project, directory: checkout, files: [paths.composeFile], variables: {} }
    await step(report, 'containers', planned.because, () => createContainers(files, planned.services))
  }
  const containers = await containersOf(engine, environment)
  const starting = plan.flatMap((planned) => (planned.do === 'start' ? [planned.service] : []))
  const primary = containers.find(({ service }) => service === wanted.primary)
  if (primary === undefined) throw new Error(`Compose made no container for ${wanted.primary}`)

  const others = starting.filter((service) => service !== wanted.primary)
  await Promise.all(
    containers.filter(({ service }) => others.includes(service)).map(({ id }) => startContainer(engine, id)),
  )
  // Held programs need nothing yet, so the primary starts beside the others; released ones start at once.
  const held = record.released !== primary.id
  if (held && starting.includes(wanted.primary)) await startContainer(engine, primary.id)
  const unhealthy = wanted.needs.filter(
    (service) =>
      others.includes(service) || containers.find((container) => container.service === service)?.health !== 'healthy',
  )
  if (unhealthy.length > 0) await waitHealthy(engine, environment, unhealthy, report)
  if (!held && starting.includes(wanted.primary)) await startContainer(engine, primary.id)
  if (starting.includes(wanted.primary)) {
    await waitReady(engine, primary)
    await probeFileEvents(engine, environment, primary, report)
  }

  for (const planned of plan) {
    if (planned.do === 'provision') await provision(planned, primary, work)
    if (planned.do !== 'release') continue
    const { exitCode, lines } = await captureInside(engine, {
      container: primary.id,
      argv: releaseCommand([]),
      user: 'root',
    })
    if (exitCode !== 0)
      throw new DevenvError({
        code: 'engine-refused',
        doing: `start the programs of ${wanted.primary}`,
        detail: lines.join('\n'),
      })
    record.released = primary.id
    writeRecord(environment, record)
  }
  return { record, primary, containers: await containersOf(engine, environment) }
}

async function provision(
  { step: name, because }: { step: string; because: string },
  primary: Container,
  { engine, environment, definition, record, steps, report }: Work,
): Promise<void> {
  const described = definition.provision.find((candidate) => candidate.name === name)
  const planned = steps.find((candidate) => candidate.name === name)
  if (described === undefined || planned === undefined) throw new Error(`no step ${name}`)
  const log: string[] = []
  const kept = join(environment.paths.logs, 'provision.log')
  await step(report, name, because, async () => {
    const exitCode = await runInside(
      engine,
      { container: primary.id, argv: asOwner(described.run), user: 'root' },
      (line, channel) => {
        log.push(line)
        appendFileSync(kept, `${new Date().toISOString()} ${channel} ${name}: ${line}\n`)
        report({ kind: 'line', step: name, line })
      },
    )
    if (exitCode !== 0) throw new DevenvError({ code: 'provision-failed', step: name, exitCode, log: log.slice(-20) })
  })
  record.provisioned[name] = planned.now
  writeRecord(environment, record)
}

/** What is set now, else what was set when the environment was last started. Pure. */
export function rememberVariables(
  names: readonly string[],
  given: Settings['variables'],
  before: { readonly [name: string]: string | null },
): { [name: string]: string | null } {
  return Object.fromEntries(names.map((name) => [name, given[name] ?? before[name] ?? null]))
}

/**
 * Two environments never write one store at once. One whose checkout has moved here is ours: its containers go.
 * @throws DevenvError `store-in-use`
 */
async function claimStores(engine: Engine, environment: Environment, identity: string, report: Report): Promise<void> {
  const holders = await listContainers(engine, [`${LABELS.stores}=${identity}`])
  for (const { labels, state } of holders) {
    const project = labels['com.docker.compose.project'] ?? ''
    const checkout = labels[LABELS.checkout] ?? ''
    if (project === environment.project) continue
    if (!existsSync(checkout)) {
      report({ kind: 'note', text: `this checkout was ${checkout}; its containers of that name are removed` })
      await removeProject(project, 30)
      return
    }
    if (state === 'running' || state === 'restarting' || state === 'paused') {
      throw new DevenvError({ code: 'store-in-use', data: environment.paths.dataDirectory, holder: checkout })
    }
  }
}

/** @throws DevenvError `build-failed`, or `image-unavailable` where it failed for want of a base image */
async function ensureImage(
  engine: Engine,
  inputs: ImageInputs,
  settings: Settings,
  report: Report,
): Promise<{ reference: string; digest: string }> {
  const plan = planImage(inputs, await readKnownImages(engine, inputs.spec.name), settings.mirror)
  const { reference, digest, because } = plan
  if (plan.do === 'use') return { reference, digest }
  try {
    await step(report, `image ${reference}`, because, () => buildImage(plan, inputs, settings))
  } catch (error) {
    await requireBases(engine, inputs, settings)
    throw error
  }
  return { reference, digest }
}

/** @throws DevenvError `image-unavailable` naming the bases that are neither in the engine nor to be had */
async function requireBases(engine: Engine, inputs: ImageInputs, { mirror }: Settings): Promise<void> {
  const looks = basesOf(inputs).map(async (image) => {
    const detail = (await findImage(engine, image)) === undefined ? await whyUnavailable(image) : undefined
    return detail === undefined ? [] : [{ image, detail }]
  })
  const missing = (await Promise.all(looks)).flat()
  if (missing.length === 0) return
  const images = missing.map(({ image }) => image)
  throw new DevenvError({ code: 'image-unavailable', images, mirror, detail: missing[0]?.detail ?? '' })
}

/** @throws DevenvError `image-unavailable` naming every image that could not be had */
async function ensurePulled(
  engine: Engine,
  definition: Definition,
  services: readonly string[],
  { mirror }: Settings,
  report: Report,
): Promise<void> {
  const images = new Set(
    services.map((service) => definition.project.services[service]?.image).filter((image) => image !== undefined),
  )
  const failed: { image: string; detail: string }[] = []
  for (const image of images) {
    if ((await findImage(engine, image)) !== undefined) continue
    await step(report, `pull ${image}`, 'not in the engine’s store', async () => {
      const detail = await pullImage(image)
      if (detail !== undefined) failed.push({ image, detail })
    })
  }
  if (failed.length === 0) return
  throw new DevenvError({
    code: 'image-unavailable',
    images: failed.map(({ image }) => image),
    mirror,
    detail: failed[0]?.detail ?? '',
  })
}

/** Every store that will be mounted, made or checked; by service. A stand-in counts as the server that it really is. */
async function openStores(
  engine: Engine,
  environment: Environment,
  definition: Definition,
  needs: readonly string[],
): Promise<{ [service: string]: StoreRecord }> {
  const opened: { [service: string]: StoreRecord } = {}
  for (const { service, name, version } of storesOf(definition, environment.paths.stores)) {
    if (!needs.includes(service)) continue
    const standIn = (await findImage(engine, definition.project.services[service]?.image ?? ''))?.Config.Labels?.[
      LABELS.standInServer
    ]
    const [, server, number] = /^(\S+)\s+(\d+(?:\.\d+)?)/.exec(standIn ?? '') ?? []
    opened[service] = openStore(
      environment,
      name,
      server === undefined || number === undefined
        ? { server: service, version }
        : { server: `${server} (stand-in)`, version: number },
    )
  }
  return opened
}

async function readProvisionFacts(
  environment: Environment,
  definition: Definition,
  stores: { readonly [service: string]: StoreRecord },
  image: string,
  address: string,
): Promise<{ facts: ProvisionFacts; watched: Set<string> }> {
  const globs = new Set(definition.provision.flatMap(({ when }) => when.files))
  const files: { [glob: string]: string } = {}
  const watched = new Set<string>()
  for (const glob of globs) {
    const matched = await readMatchingFiles(environment.checkout, glob)
    files[glob] = matched.hash
    for (const path of matched.watched) watched.add(path)
  }
  const ids = Object.entries(stores).map(([service, { id }]) => [service, id] as const)
  return { facts: { files, stores: Object.fromEntries(ids), image, address }, watched }
}

/** The files, and the folders around them, so that one that is added is noticed. */
const inputPaths = ({ spec, files }: ImageInputs): Set<string> => {
  const folders = files.flatMap(({ source, context }) => (context === 'checkout' ? [] : [join(source, '..')]))
  return new Set([spec.dockerfile, `${spec.dockerfile}.dockerignore`, ...files.map(({ source }) => source), ...folders])
}

const definitionPaths = (
  { package: environmentPackage, checkout, paths }: Environment,
  definition: Definition,
): Set<string> =>
  new Set([
    ...definition.files,
    join(environmentPackage.directory, 'package.json'),
    join(checkout, 'devenv', 'compose.yaml'),
    join(checkout, '.git'),
    join(CORE_DIRECTORY, 'package.json'),
    paths.composeFile,
  ])
