import { HEALTH, RECOGNISED, replacing, testRules } from '../../../test/rules.js'
import { accountsNameAddresses, healthIsKnown } from './dev-watch.js'

testRules([accountsNameAddresses, healthIsKnown], {
  breaks: [
    {
      title: 'no health check',
      edit: (compose) => compose.slice(0, compose.lastIndexOf(HEALTH)),
      breaks: { rule: 'health-is-known', at: '  mysql:\n' },
    },
    {
      title: 'a health check that is switched off',
      edit: replacing(HEALTH, '    healthcheck: { disable: true }\n'),
      breaks: { rule: 'health-is-known', at: 'healthcheck: { disable' },
    },
    {
      title: 'a health check that is switched off by NONE',
      edit: replacing('test: [CMD, "true"]', 'test: [NONE]'),
      breaks: { rule: 'health-is-known', at: 'healthcheck: { test: [NONE]' },
    },
    {
      title: 'a health check without start_period',
      edit: replacing('start_period: 60s, ', ''),
      breaks: { rule: 'health-is-known', at: 'healthcheck: {' },
    },
    {
      title: 'a health check without start_interval',
      edit: replacing(', start_interval: 200ms', ''),
      breaks: { rule: 'health-is-known', at: 'healthcheck: {' },
    },
    {
      title: 'an account of a port that is not published',
      edit: replacing(
        RECOGNISED,
        `${RECOGNISED}  accounts: [{ what: a, user: b, password: c, path: /, port: 8001 }]\n`,
      ),
      breaks: { rule: 'accounts-name-addresses', at: '  accounts: [' },
    },
  ],
  keeps: [
    {
      title: 'an account of one of several addresses',
      edit: (compose) =>
        replacing(
          RECOGNISED,
          `${RECOGNISED}  accounts: [{ what: a, user: b, password: c, port: 8001 }]\n`,
        )(replacing('{ target: 8000 }', '{ target: 8000 }, { name: shop, target: 8001 }')(compose)),
    },
  ],
})
