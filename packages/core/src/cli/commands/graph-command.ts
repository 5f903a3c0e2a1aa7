import type { Command } from 'commander'
import { type Add, openRemembered, openRunning, sayJson, withWhere } from '../opening.js'
import type { PictureOptions } from '../show-picture.js'

export const graphCommand: Add = (program) =>
  withWhere(program.command('graph'))
    .summary('draw the services, with programs, ports and memory, and which of them needs which')
    .description(
      'Draws the services of the environment as Mermaid, which GitHub shows in a README in a code block called mermaid. An arrow leads to a service that another one needs, a dashed one to a service that it can do without. Ports on this machine and memory are those of services that run. It starts nothing.',
    )
    .option('--svg', 'print SVG, for a browser: devenv graph --svg > graph.svg')
    .option('--json', 'print JSON: what the picture shows')
    .action(async ({ json, ...options }: PictureOptions & { json?: boolean }, command: Command) => {
      const { withSelected } = await import('../../publish/select-images.js')
      const { readGraph } = await import('../../environment/verbs/graph.js')
      const { drawEnvironment } = await import('../draw-environment.js')
      const { showPicture } = await import('../show-picture.js')
      const opened = await openRemembered(command)
      const context = { ...(await openRunning(command)), settings: opened.settings }
      await withSelected(opened, {}, 'the-checkout', async (selected) => {
        for (const { source } of selected) {
          const graph = await readGraph(context, source.definition)
          if (json) sayJson(graph)
          else await showPicture(drawEnvironment(graph), options)
        }
      })
    })
