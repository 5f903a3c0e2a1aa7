import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readDeclaredPrograms } from '../declared-programs.js'
import { dockerfileOf, imageFolderOf, oursOf } from '../definition.js'
import { parseInstructions } from '../dockerfile.js'
import type { Breach, Rule } from './rule.js'

const ENTRYPOINT = '/opt/devenv/bin/entrypoint'

export const runsUnderSupervisor: Rule = {
  name: 'runs-under-supervisor',
  clause: 'OEP-5 rule 2',
  why: 'supervisord is PID 1 of every Open edX container, so that web server, workers and watchers live and restart side by side.',
  check: ({ definition, source }) => {
    const breaches: Breach[] = []
    for (const name of oursOf(definition)) {
      const { entrypoint, command } = definition.project.services[name] ?? {}
      for (const [key, value] of Object.entries({ entrypoint, command })) {
        if (value == null) continue
        breaches.push({
          place: source.placeOf(['services', name, key]),
          what: `${name} sets \`${key}\`, which replaces supervisord.`,
          fix: `Remove \`${key}:\` and put the process into image/supervisor/<program>.conf.`,
        })
      }
    }
    const dockerfile = dockerfileOf(definition)
    if (!existsSync(dockerfile)) {
      breaches.push({
        place: { file: dockerfile },
        what: 'There is no Dockerfile.',
        fix: 'Start from examples/hello/environment/Dockerfile.',
      })
    } else if (!startsWithOurs(readFileSync(dockerfile, 'utf8'))) {
      breaches.push({
        place: { file: dockerfile },
        what: 'The image does not start with devenv’s entrypoint.',
        fix: `ENTRYPOINT ["${ENTRYPOINT}"]`,
      })
    }
    // Another service of ours brings its programs in its image; a library is run by services.
    const runsOthers = oursOf(definition).length > 1 || definition.library !== undefined
    if (!runsOthers && readDeclaredPrograms(definition).length === 0) {
      const file = join(imageFolderOf(definition), 'supervisor')
      breaches.push({
        place: { file },
        what: 'The package declares no program.',
        fix: 'Add <program>.conf there, with a [program:…] section.',
      })
    }
    return breaches
  },
}

function startsWithOurs(dockerfile: string): boolean {
  const last = parseInstructions(dockerfile).findLast(({ name }) => name === 'ENTRYPOINT')
  return last?.words.join('') === `["${ENTRYPOINT}"]`
}
