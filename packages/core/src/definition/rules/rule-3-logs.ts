import { readDeclaredPrograms } from '../declared-programs.js'
import type { Rule } from './rule.js'

export const logsToStdout: Rule = {
  name: 'logs-to-stdout',
  clause: 'OEP-5 rule 3',
  why: 'Every line goes to the screen and to disk; supervisord itself can do only one of the two.',
  check: ({ definition, source }) => [
    ...readDeclaredPrograms(definition).flatMap(({ name, file, line, logfile }) =>
      logfile === undefined
        ? []
        : [
            {
              place: { file, line },
              what: `The program ${name} sends its output to a file of its own.`,
              fix: `Remove ${logfile}=.`,
            },
          ],
    ),
    ...Object.entries(definition.project.services).flatMap(([name, service]) =>
      service.logging === undefined
        ? []
        : [
            {
              place: source.placeOf(['services', name, 'logging']),
              what: `${name} has a log driver of its own.`,
              fix: 'Remove `logging:`.',
            },
          ],
    ),
  ],
}
