import { type Command, InvalidArgumentError } from 'commander'
import { engineFrom } from '../engine/engine.js'
import type { ImagesPlan } from '../image/ensure-images.js'
import type { Selection } from '../publish/select-images.js'
import type { PublishOptions } from './images.js'
import { type Add, openRemembered, openSource, report, say, sayJson, withWhere } from './opening.js'

const collect = (value: string, before: string[] = []): string[] => [...before, value]
const RELEASE = [
  '--release <name>',
  'a release that the package declares, or `all`; you may repeat this option',
] as const
const REF = ['--ref <commit>', 'a commit, tag or branch of the checkout (default: the files as they are)'] as const

const withSelection = (command: Command): Command =>
  withWhere(command)
    .option(...REF)
    .option(...RELEASE, collect)

export const digest: Add = (program) =>
  withSelection(program.command('digest'))
    .summary('print the name of the image, which contains the digest of its inputs')
    .description(
      'Prints the reference of the image for this checkout, `…:inputs-<digest>`. It checks out nothing, builds nothing and asks no registry.\nWith --json: the whole digest and the list of inputs.',
    )
    .option('--json', 'print JSON')
    .action(async ({ json, ...selection }: Selection & { json?: boolean }, command: Command) => {
      const { readDigests } = await import('./images.js')
      const found = await readDigests(await openRemembered(command), selection)
      if (json) sayJson(found.length === 1 ? found[0] : found)
      else
        for (const { release, reference } of found) say(release === undefined ? reference : `${release} ${reference}`)
    })

export const explain: Add = (program) =>
  withSelection(program.command('explain'))
    .summary('print how a start would get each image, and why; change nothing')
    .option('--json', 'print JSON')
    .action(async ({ json, ...selection }: Selection & { json?: boolean }, command: Command) => {
      const { readImagePlans } = await import('./images.js')
      const opened = await openRemembered(command)
      const plans = await readImagePlans(opened, selection, engineFrom(process.env))
      const lacking = opened.settings.network === 'offline' ? await lackingIn(plans) : []
      if (lacking.length > 0)
        report({ kind: 'note', text: `offline, a start would fail: this machine does not have ${lacking.join(', ')}` })
      const { renderImagesPlans } = await import('./render-plans.js')
      if (json) sayJson(plans.length === 1 ? plans[0] : plans)
      else for (const line of renderImagesPlans(plans)) say(line)
    })

export const image: Add = (program) =>
  withSelection(program.command('image'))
    .summary('pull or build the image, and print its name')
    .option('--dry-run', 'print the plan, as `explain` does')
    .option('--json', 'print JSON')
    .action(
      async ({ json, dryRun, ...selection }: Selection & { json?: boolean; dryRun?: boolean }, command: Command) => {
        const { ensureOwnImages, readImagePlans } = await import('./images.js')
        const engine = engineFrom(process.env)
        if (!dryRun) {
          const references = await ensureOwnImages(await openRemembered(command), selection, engine, report)
          if (json) sayJson(references)
          else for (const reference of references) say(reference)
          return
        }
        const plans = (await readImagePlans(await openRemembered(command), selection, engine)).map(({ own }) => own)
        const { renderImagePlan } = await import('./render-plans.js')
        if (json) sayJson(plans)
        else for (const plan of plans) say(renderImagePlan(plan))
      },
    )

export const publish: Add = (program) =>
  withSelection(program.command('publish'))
    .summary('build the images that the registry does not have, push them, then move tags')
    .description(
      'Publishes images to DEVENV_REGISTRY: for each declared release, at the commit that the lock names, or for one commit (--ref, --pushed).\nFor a package without releases it publishes the image of the checkout. You may interrupt and repeat it. It prints the bill.',
    )
    .option(
      '--pushed <ref>',
      'a ref that was pushed, such as refs/heads/master: publish its commit, and its release if it has one',
    )
    .option(
      '--unreleased',
      'between two versions of the package: publish images and `main`, but no edition of a release',
    )
    .option('--dry-run', 'print the plan and change nothing')
    .option('--json', 'print JSON')
    .option('--builder <name>', 'a builder of Buildx, with any driver (default: the current one)')
    .option(
      '--platform <list>',
      'such as linux/amd64,linux/arm64 (default: those of the two that the builder supports)',
      parseList,
    )
    .option('--bill <file>', 'append the bill, as Markdown: the images and their sizes')
    .option('--digests <file>', 'write the digest of every tag, as JSON')
    .action(async ({ json, ...options }: PublishOptions & { json?: boolean }, command: Command) => {
      const { publishImages } = await import('./images.js')
      const { plan, digests, bill } = await publishImages(openSource(command), options, engineFrom(process.env), report)
      const { renderPublishPlan } = await import('./render-plans.js')
      if (json) sayJson({ ...plan, digests })
      else if (options.dryRun) for (const line of renderPublishPlan(plan)) say(line)
      else say(bill)
    })

function parseList(text: string): string[] {
  const list = text.split(',').filter(Boolean)
  if (list.length > 0 && list.every((platform) => /^\w+\/\w+(\/\w+)?$/.test(platform))) return list
  throw new InvalidArgumentError('Write platforms with commas, such as linux/amd64,linux/arm64.')
}

export const lock: Add = (program) =>
  withWhere(program.command('lock'))
    .summary('look up today’s official images and release commits, and write them to devenv-lock.json')
    .description(
      'Writes the digests of official base and third-party images, and the commit of each release’s ref.\nBuilds and environments use these. It locks no stand-in, and names the stand-ins.',
    )
    .option('--dry-run', 'print the changes and write nothing')
    .option('--json', 'print JSON')
    .action(async ({ json, dryRun }: { json?: boolean; dryRun?: boolean }, command: Command) => {
      const { updateLock } = await import('./images.js')
      const update = await updateLock(openSource(command), dryRun ? 'look' : 'write')
      if (json) {
        sayJson(update)
        return
      }
      for (const line of update.changes) say(line)
      if (update.changes.length === 0) say('Nothing moved.')
      if (update.standIns.length > 0)
        report({
          kind: 'note',
          text: `not locked, because the mirror has only stand-ins for them: ${update.standIns.join(', ')}`,
        })
    })

async function lackingIn(plans: readonly ImagesPlan[]): Promise<string[]> {
  const { lackingOf } = await import('../image/ensure-images.js')
  return [...new Set(plans.flatMap(lackingOf))]
}
