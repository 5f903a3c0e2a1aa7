import type { Command } from 'commander'
import { engineFrom } from '../../engine/engine.js'
import type { ImagesPlan } from '../../image/ensure-images.js'
import type { Selection } from '../../publish/select-images.js'
import { type Add, openRemembered, report, say, sayJson, withSelection } from '../opening.js'

export const explainCommand: Add = (program) =>
  withSelection(program.command('explain'))
    .summary('print how a start would get each image, and why; change nothing')
    .option('--json', 'print JSON')
    .action(async ({ json, ...selection }: Selection & { json?: boolean }, command: Command) => {
      const { readImagePlans } = await import('../images.js')
      const opened = await openRemembered(command)
      const plans = await readImagePlans(opened, selection, engineFrom(process.env))
      const lacking = opened.settings.network === 'offline' ? await lackingIn(plans) : []
      if (lacking.length > 0)
        report({ kind: 'note', text: `offline, a start would fail: this machine does not have ${lacking.join(', ')}` })
      const { renderImagesPlans } = await import('../render-plans.js')
      if (json) sayJson(plans.length === 1 ? plans[0] : plans)
      else for (const line of renderImagesPlans(plans)) say(line)
    })

async function lackingIn(plans: readonly ImagesPlan[]): Promise<string[]> {
  const { lackingOf } = await import('../../image/ensure-images.js')
  return [...new Set(plans.flatMap(lackingOf))]
}
