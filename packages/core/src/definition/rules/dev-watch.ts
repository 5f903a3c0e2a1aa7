import { addressesOf } from '../definition.js'
import type { Rule } from './rule.js'

export const healthIsKnown: Rule = {
  name: 'health-is-known',
  clause: 'OEP-5, dev.watch',
  why: 'A start waits for health and for nothing else; Compose ignores `start_interval` without `start_period`.',
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
            what: `The health check of ${name} needs both start_period and start_interval.`,
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
  why: 'devenv prints the address of each account, so it must answer.',
  check: ({ definition, source }) => {
    const published = addressesOf(definition).map(({ port }) => port)
    return definition.accounts.flatMap(({ what, port }, index) =>
      port === undefined || published.includes(port)
        ? []
        : [
            {
              place: source.placeOf(['x-devenv', 'accounts', index, 'port']),
              what: `The account ${what} names port ${port}, but the Compose file does not publish that port.`,
              fix: `Name one of: ${published.join(', ') || 'none'}.`,
            },
          ],
    )
  },
}
