import type { Command } from 'commander'
import type { PublishDataOptions } from '../../environment/verbs/publish-data.js'
import { type AddBelow, open, say, sayJson, withRelease, withWhere } from '../opening.js'

/** A command of the group `data`. */
export const publishDataCommand: AddBelow = (data) =>
  withRelease(withWhere(data.command('publish')))
    .summary('push the data that provisioning made of this checkout, then move tags')
    .description(
      'Publishes to DEVENV_REGISTRY the seed that a start of this checkout with new stores has left on this machine; for a release (--release), of a checkout at the commit that the lock names.\nYou may interrupt and repeat it. It gets the images that tell which data are meant.',
    )
    .option(
      '--pushed <ref>',
      'a ref that was pushed, such as refs/heads/master: its commit, and its release if it has one',
    )
    .option('--unreleased', 'between two versions of the package: move `main`, but set no edition of a release')
    .option('--dry-run', 'print the plan and push nothing')
    .option('--json', 'print JSON')
    .action(async ({ json, ...options }: PublishDataOptions & { json?: boolean }, command: Command) => {
      const context = await open(command)
      if (context.settings.network === 'offline') {
        const { refusedOffline } = await import('../images.js')
        throw refusedOffline('data publish')
      }
      const { publishData } = await import('../../environment/verbs/publish-data.js')
      const plan = await publishData(context, options)
      const { renderSeedPublishPlan } = await import('../render-plans.js')
      if (json) sayJson(plan)
      else for (const line of renderSeedPublishPlan(plan)) say(line)
    })
