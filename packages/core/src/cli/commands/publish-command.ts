import { type Command, InvalidArgumentError } from 'commander'
import { engineFrom } from '../../engine/engine.js'
import type { PublishOptions } from '../images.js'
import { type Add, openSource, report, say, sayJson, withSelection } from '../opening.js'

export const publishCommand: Add = (program) =>
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
    .option('--bill <file>', 'append the bill, as Markdown with a picture in Mermaid: the images and their sizes')
    .option('--digests <file>', 'write the digest of every tag, as JSON')
    .action(async ({ json, ...options }: PublishOptions & { json?: boolean }, command: Command) => {
      const { publishImages } = await import('../images.js')
      const { plan, digests, bill } = await publishImages(
        await openSource(command),
        options,
        engineFrom(process.env),
        report,
      )
      const { renderPublishPlan } = await import('../render-plans.js')
      if (json) sayJson({ ...plan, digests })
      else if (options.dryRun) for (const line of renderPublishPlan(plan)) say(line)
      else say(bill)
    })

function parseList(text: string): string[] {
  const list = text.split(',').filter(Boolean)
  if (list.length > 0 && list.every((platform) => /^\w+\/\w+(\/\w+)?$/.test(platform))) return list
  throw new InvalidArgumentError('Write platforms with commas, such as linux/amd64,linux/arm64.')
}
