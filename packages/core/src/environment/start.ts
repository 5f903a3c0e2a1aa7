import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { readProgramNames } from '../definition/declared-programs.js'
import { addressesOf, type Definition, mountOf, oursOf, thirdPartyOf } from '../definition/definition.js'
import { LOCK_FILE, readLock } from '../definition/devenv-lock.js'
import { leaveOut } from '../definition/leave-out.js'
import { CORE_DIRECTORY, readDefinition, readVariableNames } from '../definition/read-definition.js'
import { type Engine, EngineRefusal } from '../engine/engine.js'
import { LABELS } from '../engine/labels.js'
import { readMtu } from '../engine/read-mtu.js'
import { removeProject } from '../engine/remove-project.js'
import { requireVersions } from '../engine/versions.js'
import { carryOutImages, readImagesPlan, takeServices } from '../image/ensure-images.js'
import { CHECKOUT_CONTEXT, type ImageInputs, listInputs } from '../image/image-inputs.js'
import { buildSpecOf, readImageInputs } from '../image/read-image-inputs.js'
import type { Report } from '../progress/progress.js'
import { imageSettingsOf, registryOf, type Settings } from '../settings/settings.js'
import { assignPorts } from './assign-ports.js'
import { carryOut } from './carry-out-start.js'
import { requirePrograms } from './choose-programs.js'
import { claimStores, openStores } from './claim-stores.js'
import { createDataDirectory, type StoreRecord, writeOwned } from './data-directory.js'
import { type Extent, findRunning, type Started } from './find-running.js'
import { type Environment, folderIdentity } from './identity.js'
import { containersOf } from './inside.js'
import { isLocked, withLock } from './lock.js'
import { requireRecognised } from './open-environment.js'
import { planProject, renderProject, urlsOf, wantedPorts } from './plan-project.js'
import { type ProvisionFacts, planProvision } from './plan-provision.js'
import { planStart, type Wanted } from './plan-start.js'
import { readGitMounts } from './read-git-mounts.js'
import { readMatchingFiles } from './read-matching-files.js'
import { type Record, readRecord, remember, stampsOf, variablesOf, writeRecord } from './record.js'

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
  // Somebody at work (a clean, another start) may be taking away what runs.
  const running = isLocked(environment)
    ? undefined
    : await findRunning(engine, environment, settings, extent, 'unchanged')
  if (running !== undefined) return running
  await requireVersions(engine)
  const variant = await requireRecognised(environment)
  createDataDirectory(environment)
  return await withLock(environment, report, async () => {
    // A clean that was waited for has taken the folder with it.
    createDataDirectory(environment)
    const refused = new Set<number>()
    for (let attempt = 1; ; attempt++) {
      try {
        return await startLocked(engine, { ...environment, variant }, settings, extent, report, refused)
      } catch (error) {
        const port = portOf(error)
        if (attempt === 3) throw error
        if (port !== undefined) refused.add(port)
        else if (lacksNetwork(error)) await removeProject(engine, environment.project)
        else throw error
      }
    }
  })
}

/** Somebody removed the network: containers cannot start without the one that they were created for. */
const lacksNetwork = (error: unknown): boolean =>
  error instanceof EngineRefusal && error.status === 404 && error.detail.includes('network')

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
  environment: Environment & { variant: string | undefined },
  given: Settings,
  extent: Extent,
  report: Report,
  refused: ReadonlySet<number>,
): Promise<Started> {
  const before = readRecord(environment)
  const settings = remember(given, before)
  const variables = variablesOf(readVariableNames(environment), settings)
  const whole = await readDefinition({
    ...environment,
    mirror: settings.mirror,
    registry: registryOf(settings.registry),
    variables,
    stores: environment.paths.stores,
  })
  const without = settings.without ?? []
  const definition = leaveOut(whole, without)
  const programs = settings.programs ?? 'all'
  const allOurs = oursOf(definition)
  // Which programs the image of another service holds, only its container tells.
  const checked = allOurs.length === 1
  if (checked) requirePrograms(programs, readProgramNames(definition))
  const remembered = checked ? programs : (before?.settings.programs ?? 'all')
  const storesIdentity = folderIdentity(environment.paths.stores)
  await claimStores(engine, environment, storesIdentity, report)

  const services = extent.all ? Object.keys(definition.project.services) : [definition.primary, ...extent.needs]
  const ours = allOurs.filter((name) => services.includes(name))
  const needs = thirdPartyOf(definition).filter((name) => services.includes(name))
  const sources = imageSettingsOf(settings, readLock(environment.package))
  const inputs = await readImageInputs(buildSpecOf(definition, sources), sources)
  const images = await readImagesPlan(engine, definition, inputs, services, sources)
  await carryOutImages(images, engine, inputs, sources, report)
  const image = { reference: images.own.reference, digest: images.own.digest }

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
  const code = Object.fromEntries(allOurs.map((name) => [name, mountOf(definition, name, environment.checkout) ?? '/']))
  const gitMounts = Object.fromEntries(
    Object.entries(code).map(([name, folder]) => [name, readGitMounts(environment.checkout, folder)]),
  )
  const project = planProject(definition, environment, settings, {
    image: image.reference,
    official: await takeServices(engine, definition, images.official, sources),
    ports,
    storesIdentity,
    gitMounts,
    mtu: readMtu(),
  })
  const stores = await openStores(engine, environment, definition, services)

  const addresses = addressesOf(definition)
  const described = definition.project.services
  const { facts, watched } = await readProvisionFacts(
    environment,
    definition,
    stores,
    {
      ...Object.fromEntries(allOurs.map((name) => [name, described[name]?.image ?? ''])),
      [definition.primary]: image.digest,
    },
    Object.fromEntries(
      allOurs.map((name) => [name, JSON.stringify(urlsOf(ports[name], described[name]?.ports?.[0]?.target))]),
    ),
  )
  const steps = planProvision(definition.provision, facts).map((planned) => ({
    ...planned,
    passed: before?.provisioned[planned.name],
  }))
  const configs = Object.fromEntries(
    Object.entries(project.services).map(([name, { labels }]) => [name, labels?.[LABELS.config] ?? '']),
  )
  const wanted: Wanted = { ours, needs, programs: extent.all ? programs : undefined }
  const plan = planStart(wanted, { containers: own, configs, released: before?.released ?? {}, steps })

  const rendered = renderProject(project)
  if (!existsSync(environment.paths.composeFile) || readFileSync(environment.paths.composeFile, 'utf8') !== rendered) {
    writeOwned(environment.paths.composeFile, rendered)
  }
  const record: Record = {
    format: 2,
    settings: {
      mirror: settings.mirror,
      registry: settings.registry,
      publish: settings.publish,
      programs: remembered,
      without,
      variables,
    },
    primary: definition.primary,
    ours: code,
    image: { ...image, spec: inputs.spec, inputs: listInputs(inputs) },
    ports,
    addresses,
    configs,
    needs: definition.needs,
    targets: definition.targets,
    accounts: definition.accounts,
    steps: Object.fromEntries(steps.map(({ name, now }) => [name, now])),
    provisioned: before?.provisioned ?? {},
    provisioning: before?.provisioning,
    released: before?.released ?? {},
    stamps: {
      inputs: stampsOf([...inputPaths(inputs), join(environment.package.directory, LOCK_FILE)]),
      definition: stampsOf(definitionPaths(environment, definition)),
      provision: stampsOf(watched),
    },
  }
  writeRecord(environment, record)
  return await carryOut(plan, { engine, environment, definition, wanted, record, steps, report })
}

async function readProvisionFacts(
  environment: Environment,
  definition: Definition,
  stores: { readonly [service: string]: StoreRecord },
  images: ProvisionFacts['images'],
  addresses: ProvisionFacts['addresses'],
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
  return { facts: { files, stores: Object.fromEntries(ids), images, addresses }, watched }
}

/** The files, and the folders around them, so that one that is added is noticed. */
const inputPaths = ({ spec, files }: ImageInputs): Set<string> => {
  const paths = files.map(({ context, path }) => ({ context, file: join(spec.contexts[context] ?? '', path) }))
  const folders = paths.flatMap(({ context, file }) => (context === CHECKOUT_CONTEXT ? [] : [dirname(file)]))
  return new Set([spec.dockerfile, `${spec.dockerfile}.dockerignore`, ...paths.map(({ file }) => file), ...folders])
}

const definitionPaths = (
  { package: environmentPackage, checkout, paths }: Environment,
  definition: Definition,
): Set<string> =>
  new Set([
    ...definition.files,
    join(environmentPackage.directory, 'package.json'),
    join(environmentPackage.directory, LOCK_FILE),
    join(checkout, 'devenv', 'compose.yaml'),
    join(checkout, '.git'),
    join(CORE_DIRECTORY, 'package.json'),
    paths.composeFile,
  ])
