import type { Command } from 'commander'
import { engineFrom } from '../../engine/engine.js'
import type { Selection } from '../../publish/select-images.js'
import { type Add, openRemembered, report, say, sayJson, withSelection } from '../opening.js'

export const imageCommand: Add = (program) =>
  withSelection(program.command('image'))
    .summary('pull or build the image, and print its name')
    .option('--dry-run', 'print the plan, as `explain` does')
    .option('--json', 'print JSON')
    .action(
      async ({ json, dryRun, ...selection }: Selection & { json?: boolean; dryRun?: boolean }, command: Command) => {
        const { ensureOwnImages, readImagePlans } = await import('../images.js')
        const engine = engineFrom(process.env)
        if (!dryRun) {
          const references = await ensureOwnImages(await openRemembered(command), selection, engine, report)
          if (json) sayJson(references)
          else for (const reference of references) say(reference)
          return
        }
        const plans = (await readImagePlans(await openRemembered(command), selection, engine)).map(({ own }) => own)
        const { renderImagePlan } = await import('../render-plans.js')
        if (json) sayJson(plans)
        else for (const plan of plans) say(renderImagePlan(plan))
      },
    )
