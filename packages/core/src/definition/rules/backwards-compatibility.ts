import type { Rule } from './rule.js'

export const nothingOfOthers: Rule = {
  name: 'takes-nothing-of-others',
  clause: 'OEP-5, backwards compatibility',
  why: 'Devstack, Tutor and other checkouts on this machine keep their names and ports.',
  check: ({ definition, source }) =>
    Object.entries(definition.project.services).flatMap(([name, service]) =>
      service.container_name === undefined
        ? []
        : [
            {
              place: source.placeOf(['services', name, 'container_name']),
              what: `${name} has a fixed container name.`,
              fix: 'Remove `container_name:`.',
            },
          ],
    ),
}
