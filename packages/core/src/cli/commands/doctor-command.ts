import type { Command } from 'commander'
import { type Add, say, sayJson, settingsAtHand } from '../opening.js'

export const doctorCommand: Add = (program) =>
  program
    .command('doctor')
    .summary('check this machine: engine, Compose, Buildx, certificates, proxies')
    .option('--json', 'print JSON')
    .action(async ({ json }: { json?: boolean }, command: Command) => {
      const { examine } = await import('../../machine/examine.js')
      const { renderProblem } = await import('../../problem/explain-problem.js')
      const findings = await examine(process.env, await settingsAtHand(command))
      if (json) sayJson(findings)
      else
        for (const { looked, found, problem } of findings)
          say(problem === undefined ? `✓ ${looked}: ${found}` : `✗ ${looked}: ${found}\n${renderProblem(problem)}`)
      if (findings.some(({ problem }) => problem !== undefined)) process.exitCode = 1
    })
