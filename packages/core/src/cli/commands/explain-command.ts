import type { Command } from 'commander'
import { engineFrom } from '../../engine/engine.js'
import type { StartPlan } from '../../environment/start/assemble.js'
import type { ImagesPlan } from '../../image/ensure-images.js'
import { asProblems } from '../../problem/file-problem.js'
import { DevenvError } from '../../problem/problem.js'
import type { Selection } from '../../publish/select-images.js'
import { type Add, open, openRemembered, report, say, sayJson, withSelection } from '../opening.js'
import type { PlannedStep } from '../render-start-plan.js'
import type { PictureOptions } from '../show-picture.js'

type Options = Selection & PictureOptions & { graph?: boolean; json?: boolean }

export const explainCommand: Add = (program) =>
  withSelection(program.command('explain'))
    .summary(
      'print how a start would get each image, what it would do about the data, if anything, and why; change nothing',
    )
    .option('--graph', 'draw instead, as Mermaid, which inputs make each image and what a change of them rebuilds')
    .option('--svg', 'draw the same as SVG, for a browser')
    .option('--json', 'print JSON; with --graph: what the picture shows')
    .action(async ({ json, graph, svg, ...selection }: Options, command: Command) => {
      const { readImagePlans, readRebuilds } = await import('../images.js')
      const opened = await openRemembered(command)
      if (graph || svg) {
        const rebuilds = await readRebuilds(opened, selection)
        const { drawRebuilds } = await import('../draw-rebuilds.js')
        const { showPicture } = await import('../show-picture.js')
        return json ? void sayJson(rebuilds) : await showPicture(drawRebuilds(rebuilds), { svg })
      }
      const start = opened.checkout !== undefined && isOfFiles(selection) ? await readStart(command) : undefined
      // A registry that limits requests is asked once.
      const plans =
        start === undefined ? await readImagePlans(opened, selection, engineFrom(process.env)) : [start.images]
      const lacking = opened.settings.network === 'offline' ? await lackingIn(plans) : []
      if (lacking.length > 0)
        report({ kind: 'note', text: `offline, a start would fail: this machine does not have ${lacking.join(', ')}` })
      const { renderImagesPlans } = await import('../render-plans.js')
      const data = start === undefined ? [] : await dataStepsOf(start)
      if (json) sayJson(plans.length === 1 ? { ...plans[0], data } : plans)
      else
        for (const line of [
          ...renderImagesPlans(plans),
          ...data.map((step) => `${step.do.padEnd(5)} ${step.on.join(', ')}  (${step.because})`),
        ])
          say(line)
    })

const isOfFiles = ({ ref, release }: Selection): boolean => ref === undefined && (release ?? []).length === 0

/** A start of the checkout as it is; `undefined` where it would fail, which is told. */
async function readStart(command: Command): Promise<StartPlan | undefined> {
  const { readStartPlan } = await import('../../environment/start/start.js')
  const { whatOf } = await import('../../problem/explain-problem.js')
  const plan = await readStartPlan(await open(command), { all: true }, 'awaited').catch((thrown) => {
    const error = asProblems(thrown)
    if (!(error instanceof DevenvError)) throw error
    report({ kind: 'note', text: `a start would fail: ${whatOf(error)}` })
  })
  return plan ?? undefined
}

/** What it would do about data. */
async function dataStepsOf(plan: StartPlan): Promise<PlannedStep[]> {
  const { stepsOf } = await import('../render-start-plan.js')
  return stepsOf(plan).filter((step) => ['look-again', 'pull-seed', 'load', 'provision', 'keep-seed'].includes(step.do))
}

async function lackingIn(plans: readonly ImagesPlan[]): Promise<string[]> {
  const { lackingOf } = await import('../../image/ensure-images.js')
  return [...new Set(plans.flatMap(lackingOf))]
}
