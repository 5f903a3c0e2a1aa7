import { oursOf } from '../definition.js'
import type { Rule } from './rule.js'

export const ownerIsMapped: Rule = {
  name: 'owner-is-mapped',
  clause: 'OEP-5, dev.shell',
  why: 'The container starts as root and becomes the owner of the checkout; with a fixed user it cannot.',
  check: ({ definition, source }) =>
    oursOf(definition).flatMap((name) => {
      const user = definition.project.services[name]?.user
      if (user === undefined) return []
      return [
        {
          place: source.placeOf(['services', name, 'user']),
          what: `${name} has a fixed user, ${user}.`,
          fix: 'Remove `user:`.',
        },
      ]
    }),
}
