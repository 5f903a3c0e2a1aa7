import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { imageFolderOf } from '../definition.js'
import { knownServices, unknownServices } from './known-services.js'
import type { Rule } from './rule.js'

export const targetsAreThere: Rule = {
  name: 'supplied-targets-are-there',
  clause: 'OEP-5 rule 8',
  why: 'A target that the package promises must run at once.',
  check: ({ definition, source }) => {
    const file = join(imageFolderOf(definition), 'targets.mk')
    const supplied = parseTargets(existsSync(file) ? readFileSync(file, 'utf8') : '')
    return Object.entries(definition.targets).flatMap(([target, { needs }]) => {
      const place = source.placeOf(['x-devenv', 'targets', target])
      const missing = supplied.has(target)
        ? []
        : [
            {
              place,
              what: `${file} has no target ${target}.`,
              fix: `Write a rule ${target}: there, or remove the target here.`,
            },
          ]
      return [
        ...missing,
        ...unknownServices(definition, needs ?? []).map((name) => ({
          place,
          what: `${target} needs ${name}, but this file has no such service.`,
          fix: knownServices(definition),
        })),
      ]
    })
  },
}

/** The targets that a makefile has rules for. Pure. */
function parseTargets(text: string): Set<string> {
  const rules = [...text.matchAll(/^([^\s#:=][^:=#\n]*):(?!=)/gm)]
  return new Set(rules.flatMap(([, names]) => (names ?? '').split(/\s+/)))
}
