import { engineFrom } from '../../engine/engine.js'
import { DevenvError } from '../../problem/problem.js'
import { type Add, say } from '../opening.js'

export const pruneCommand: Add = (program) =>
  program
    .command('prune')
    .summary('remove the containers of environments whose checkout is gone, after asking')
    .option('--images', 'also remove every devenv image that no container uses')
    .option('--yes', 'do not ask')
    .action(async ({ images, yes }: { images?: boolean; yes?: boolean }) => {
      const { prune, readPrunePlan } = await import('../../environment/verbs/prune.js')
      const { isPerson, requireConsent } = await import('../ask-person.js')
      const { renderPrunePlan } = await import('../render-environments.js')
      const engine = engineFrom(process.env)
      const plan = await readPrunePlan(engine, images ? 'images-too' : 'no-image')
      const lines = renderPrunePlan(plan)
      const isNothing = plan.environments.length + plan.images.length === 0
      const asks = !yes && !isNothing && isPerson(process)
      for (const line of asks ? [] : lines) say(line)
      if (isNothing) {
        say('There is nothing to remove.')
        return
      }
      if (asks) await requireConsent(lines.join('\n'), process)
      else if (!yes)
        throw new DevenvError({ code: 'unconfirmed', command: `devenv prune${images ? ' --images' : ''} --yes` })
      await prune(engine, plan)
      for (const { service, checkout } of plan.environments)
        say(`Removed the containers of ${service}; its checkout was ${checkout}.`)
      if (images) say(`Removed ${plan.images.length} images. To empty the cache of builds too: docker buildx prune`)
    })
