import type { Command } from 'commander'
import { type Add, environmentAtHand, report, say, sayJson } from '../opening.js'

export const doctorCommand: Add = (program) =>
  program
    .command('doctor')
    .summary('check this machine: engine, registries, disk, memory, limits of the kernel, clock, proxies')
    .option('--json', 'print JSON')
    .option('--fix', 'raise the limits of the kernel that are too low: as root, else print the commands')
    .action(async ({ json, fix }: { json?: boolean; fix?: boolean }, command: Command) => {
      const { examine } = await import('../../machine/examine.js')
      const { renderFinding } = await import('../render-findings.js')
      const { settings, at } = await environmentAtHand(command)
      const findings = await examine(process.env, settings, at)
      if (json) sayJson(findings)
      else for (const finding of findings) say(renderFinding(finding))
      if (fix) await (await import('../../machine/mend.js')).mend(findings, process.getuid?.() === 0, report)
      if (findings.some(({ problem }) => problem !== undefined)) process.exitCode = 1
    })
