import { engineFrom } from '../../engine/engine.js'
import { type Add, say } from '../opening.js'

export const pruneCommand: Add = (program) =>
  program
    .command('prune')
    .summary('remove the containers of environments whose checkout is gone, after asking')
    .option('--images', 'also remove every devenv image that no container uses')
    .option('--yes', 'do not ask')
    .action(async ({ images, yes }: { images?: boolean; yes?: boolean }) => {
      const { prune, readPrunePlan } = await import('../../environment/verbs/prune.js')
      const { renderPrunePlan } = await import('../render-environments.js')
      const { confirm } = await import('../confirm.js')
      const engine = engineFrom(process.env)
      const plan = await readPrunePlan(engine, images ? 'images-too' : 'no-image')
      for (const line of renderPrunePlan(plan)) say(line)
      if (plan.environments.length + plan.images.length === 0) {
        say('There is nothing to remove.')
        return
      }
      const command = `devenv prune${images ? ' --images' : ''} --yes`
      if (!yes && !(await confirm('Remove all of these?', command))) {
        say('Removed nothing.')
        return
      }
      await prune(engine, plan)
      for (const { service, checkout } of plan.environments)
        say(`Removed the containers of ${service}; its checkout was ${checkout}.`)
      if (images) say(`Removed ${plan.images.length} images. To empty the cache of builds too: docker buildx prune`)
    })
