import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { imageFolderOf, isSupplied } from '../definition.js'
import { knownServices, unknownServices } from './known-services.js'
import type { Rule } from './rule.js'

export const targetsAreThere: Rule = {
  name: 'supplied-targets-are-there',
  clause: 'OEP-5 rule 8',
  why: 'A target that the package promises must run at once.',
  check: ({ definition, source }) => {
    const file = join(imageFolderOf(definition), 'targets.mk')
    const rules = parseRules(existsSync(file) ? readFileSync(file, 'utf8') : '')
    const supplied = new Set(rules.flatMap(({ targets }) => targets))
    return Object.entries(definition.targets).flatMap(([target, declared]) => {
      const place = source.placeOf(['x-devenv', 'targets', target])
      const missing =
        supplied.has(target) || !isSupplied(declared)
          ? []
          : [
              {
                place,
                what: `${file} has no target ${target}.`,
                fix: `Write a rule ${target}: there, or remove \`because\` here if the checkout has this target.`,
              },
            ]
      return [
        ...missing,
        ...unknownServices(definition, declared.needs ?? []).map((name) => ({
          place,
          what: `${target} needs ${name}, but this file has no such service.`,
          fix: knownServices(definition),
        })),
      ]
    })
  },
}

/** The rules of a makefile, each with its prerequisites and its recipe. Pure. */
export function parseRules(text: string): { targets: string[]; line: number; uses: string }[] {
  const rules: { targets: string[]; line: number; uses: string }[] = []
  for (const [index, line] of text.split('\n').entries()) {
    const [, names, prerequisites = ''] = /^([^\s#:=][^:=#\n]*)::?(?!=)(.*)/.exec(line) ?? []
    if (names !== undefined) {
      const targets = names.trim().split(/\s+/)
      rules.push({ targets, line: index + 1, uses: targets[0] === '.PHONY' ? '' : prerequisites })
    } else if (line.startsWith('\t')) {
      const rule = rules.at(-1)
      if (rule !== undefined && rule.targets[0] !== '.PHONY') rule.uses += ` ${line}`
    }
  }
  return rules
}
