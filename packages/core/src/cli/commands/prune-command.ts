import { engineFrom } from '../../engine/engine.js'
import { type Add, say } from '../opening.js'

export const pruneCommand: Add = (program) =>
  program
    .command('prune')
    .summary('remove the containers of environments whose checkout is gone')
    .option('--images', 'also remove every devenv image that no container uses')
    .action(async ({ images }: { images?: boolean }) => {
      const { prune } = await import('../../environment/verbs/list.js')
      const engine = engineFrom(process.env)
      const removed = await prune(engine)
      if (removed.length === 0) say('Every environment has its checkout.')
      for (const { service, checkout } of removed)
        say(`Removed the containers of ${service}; its checkout was ${checkout}.`)
      if (!images) return
      const { pruneImages } = await import('../../environment/verbs/prune-images.js')
      const gone = await pruneImages(engine)
      for (const { names } of gone) say(`Removed ${names.join(', ')}.`)
      say(`Removed ${gone.length} images. To empty the cache of builds too: docker buildx prune`)
    })
