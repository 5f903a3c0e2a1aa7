import { resolveCommit } from '../../git/git-repository.js'
import { carryOutImages } from '../../image/ensure-images.js'
import { requireEngine } from '../../machine/require-engine.js'
import { DevenvError } from '../../problem/problem.js'
import { isOnLoopback } from '../../publish/publish.js'
import {
  carryOutSeedPublication,
  planSeedPublication,
  readHeldSeeds,
  type SeedPublishPlan,
} from '../../publish/publish-seed.js'
import { chooseCommits, type Selection } from '../../publish/select-images.js'
import { repositoryOf } from '../../registry/repository.js'
import { registryOf } from '../../settings/settings.js'
import type { Context } from '../context.js'
import { seedsBeside, tagOfSeed } from '../data/published-seeds.js'
import { listSeeds, nameOfSeed } from '../data/seeds.js'
import { requireRecognised } from '../open-environment.js'
import type { SeedWish } from '../start/choose-seed.js'
import { NOTHING_REFUSED, type Observed, observe } from '../start/observe.js'
import { isUntold, lacksServer, planDue, planWish } from '../start/plan-data.js'
import { USUAL } from '../start/start.js'

export type PublishDataOptions = Pick<Selection, 'release' | 'pushed' | 'unreleased'> & { dryRun?: boolean }

/**
 * Publishes the data that provisioning made of this checkout, as the edition that the checkout is.
 * @throws DevenvError `seed-missing`, `checkout-elsewhere`, `stand-ins-published`, `registry-unset`, and what publishing throws
 */
export async function publishData(context: Context, options: PublishDataOptions): Promise<SeedPublishPlan> {
  const { environment, report } = context
  const { service } = environment
  const opened = { ...environment, looked: environment.checkout, settings: context.settings }
  const chosen = (await chooseCommits(opened, options, 'the-checkout')) ?? []
  const at = chosen.length === 0 ? undefined : await resolveCommit(environment.checkout, 'HEAD')
  const elsewhere = chosen.filter(({ commit }) => commit !== at)
  if (at !== undefined && elsewhere.length > 0)
    throw new DevenvError(
      ...elsewhere.map(({ release, commit }) => ({
        code: 'checkout-elsewhere' as const,
        checkout: environment.checkout,
        release: release ?? commit,
        commit,
        at,
      })),
    )

  const { wish, settings, sources, image } = await readSeedWish(context)
  const registry = registryOf(settings.registry)
  if (registry === undefined) throw new DevenvError({ code: 'registry-unset', doing: 'publish to' })
  if (wish.stores.length === 0)
    return { steps: [], present: [], notes: ['it keeps no data that another environment could take'] }
  const stores = Object.fromEntries(wish.stores.flatMap(({ name, server }) => (server ? [[name, server]] : [])))
  const standIns = Object.values(stores).filter(({ server }) => server.endsWith('(stand-in)'))
  if (standIns.length > 0 && !isOnLoopback(registry)) {
    const images = [...new Set(standIns.map(({ server }) => `data of ${server}`))]
    throw new DevenvError({ code: 'stand-ins-published', images, registry })
  }

  const content = { digest: wish.digest, stores }
  const editions = chosen.flatMap(({ edition }) => edition ?? [])
  const wanted = { name: nameOfSeed(content), tag: tagOfSeed(content), editions }
  const name = seedsBeside(image)
  const held = await readHeldSeeds(name, repositoryOf(name, sources.access), wanted, service)
  const { plan, problems } = planSeedPublication(wanted, held)
  if (problems.length > 0) throw new DevenvError(...problems)
  for (const text of plan.notes) report({ kind: 'note', text })
  if (options.dryRun) return plan
  const seed = listSeeds(service).find(({ description }) => nameOfSeed(description) === wanted.name)
  if (seed === undefined && plan.steps.some((step) => step.do === 'push'))
    throw new DevenvError({ code: 'seed-missing', service, digest: wish.digest })
  const where = { access: sources.access, repository: name, service }
  await carryOutSeedPublication(plan, wanted, seed, where, report)
  return plan
}

/** Which seed this checkout would make, and with which settings. Has the images first that tell: they may not be here. */
async function readSeedWish(
  context: Context,
): Promise<Pick<Observed, 'settings' | 'sources'> & { wish: SeedWish; image: string }> {
  const { engine, environment, report } = context
  await requireEngine(engine)
  const variant = await requireRecognised(environment)
  const see = () => observe(context, variant, { all: true }, USUAL, { ...NOTHING_REFUSED, registry: true })
  let observed = await see()
  if (isUntold(observed) || lacksServer(observed)) {
    await carryOutImages(observed.images, engine, observed.inputs, observed.sources, report)
    observed = await see()
  }
  const { settings, sources, images } = observed
  const { wish } = planWish(environment.service, planDue(observed), observed)
  return { settings, sources, wish, image: images.own.reference }
}
