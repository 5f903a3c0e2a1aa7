import { addressesOf } from '../definition.js'
import type { Rule } from './rule.js'

export const healthIsKnown: Rule = {
  name: 'health-is-known',
  clause: 'OEP-5, dev.watch',
  why: 'Starting waits for health and for nothing else; Compose ignores `start_interval` without `start_period`.',
  check: ({ definition, source }) =>
    Object.entries(definition.project.services).flatMap(([name, { healthcheck }]) => {
      const place = source.placeOf(['services', name, 'healthcheck'])
      if (healthcheck?.test === undefined || healthcheck.test[0] === 'NONE' || healthcheck.disable) {
        return [
          {
            place,
            what: `${name} has no health check.`,
            fix: 'Add `healthcheck:` with test, start_period and start_interval.',
          },
        ]
      }
      if (healthcheck.start_period === undefined || healthcheck.start_interval === undefined) {
        return [
          {
            place,
            what: `The health check of ${name} lacks start_period or start_interval.`,
            fix: 'start_period: 60s and start_interval: 200ms',
          },
        ]
      }
      return []
    }),
}

export const accountsNameAddresses: Rule = {
  name: 'accounts-name-addresses',
  clause: 'OEP-5, dev.watch',
  why: 'What is printed when the environment answers must lead there.',
  check: ({ definition, source }) => {
    const published = addressesOf(definition).map(({ port }) => port)
    return definition.accounts.flatMap(({ what, port }, index) =>
      port === undefined || published.includes(port)
        ? []
        : [
            {
              place: source.placeOf(['x-devenv', 'accounts', index, 'port']),
              what: `The account ${what} is of port ${port}, which is not published.`,
              fix: `One of: ${published.join(', ') || 'none'}.`,
            },
          ],
    )
  },
}
