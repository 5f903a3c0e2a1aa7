import { expect, test } from 'vitest'
import {
  FILES,
  HEALTH,
  IMAGE,
  MYSQL_IMAGE,
  RECOGNISED,
  replacing,
  SHOP,
  testRules,
  withShop,
} from '../../../test/rules.js'
import { SAMPLE_PACKAGE, sampleDefinition, temporaryFolder, writeFiles } from '../../../test/samples.js'
import { accountsNameAddresses, healthAsksDeclared, healthIsKnown, servicesRunOnce } from './dev-watch.js'

/** The first health check is that of the primary service. */
const asking = (...words: string[]) => replacing('[CMD, "true"]', JSON.stringify(['CMD', ...words]))
const ANSWERS = '/opt/devenv/bin/answers'
const HEALTH_ASKS = { rule: 'health-asks-declared', at: '    healthcheck: { test: ["CMD"' }

testRules([accountsNameAddresses, healthAsksDeclared, healthIsKnown, servicesRunOnce], {
  breaks: [
    ...['profiles: [mine]', 'scale: 0', 'scale: 3', 'deploy: { replicas: 0 }', 'deploy: { replicas: 3 }'].flatMap(
      (words) =>
        [IMAGE, MYSQL_IMAGE].map((image) => ({
          title: `${words} of ${image === IMAGE ? 'the primary service' : 'a server'}`,
          edit: replacing(image, `${image}    ${words}\n`),
          breaks: { rule: 'services-run-once', at: `    ${words}` },
        })),
    ),
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
      title: 'a health check of a program that is not declared',
      edit: asking(ANSWERS, 'web=http://localhost:8000/', 'wbe=http://localhost:8000/'),
      breaks: HEALTH_ASKS,
    },
    {
      title: 'a health check of a port that is not declared',
      edit: asking(ANSWERS, 'web=http://localhost:8001/'),
      breaks: HEALTH_ASKS,
    },
    {
      title: 'a health check of port 80, which nobody writes',
      edit: asking(ANSWERS, 'web=http://127.0.0.1/'),
      breaks: HEALTH_ASKS,
    },
    {
      title: 'a question without an address',
      edit: asking(ANSWERS, 'web=localhost:8000'),
      breaks: HEALTH_ASKS,
    },
    {
      title: 'a health check by curl of a port that is not declared',
      edit: asking('sh', '-c', 'curl --fail "http://localhost:8001/health/" || exit 1'),
      breaks: HEALTH_ASKS,
    },
    {
      title: 'a health check of another Open edX container at a port that is not declared',
      edit: (compose) => asking('curl', 'http://shop:9001/')(withShop(SHOP)(compose)),
      breaks: HEALTH_ASKS,
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
      title: 'a health check of its programs',
      edit: asking(ANSWERS, 'web=http://localhost:8000/health/?a=b'),
    },
    { title: 'a health check of programs that names none', edit: asking(ANSWERS) },
    {
      title: 'a health check of a port that only the other containers reach',
      edit: (compose) =>
        replacing(
          '    ports: [{ target: 8000 }]\n',
          '    ports: [{ target: 8000 }]\n    expose: ["8001-8002/tcp"]\n',
        )(asking(ANSWERS, 'web=http://localhost:8002/')(compose)),
    },
    {
      title: 'a health check of an address elsewhere',
      edit: asking('curl', 'http://mysql:1/', 'https://example.com/'),
    },
    {
      title: 'a health check of a program that another image holds',
      edit: (compose) =>
        withShop(SHOP.replace('[CMD, "true"]', `[CMD, ${ANSWERS}, "till=http://localhost:9000/"]`))(compose),
    },
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

test('who asks a wrong program or port is told of the right ones', () => {
  const directory = writeFiles(temporaryFolder(), FILES)
  const healthcheck = { test: ['CMD', ANSWERS, 'wbe=http://localhost:8001/'] }
  const definition = sampleDefinition({ package: { ...SAMPLE_PACKAGE, directory } }, { hello: { healthcheck } })
  const source = { placeOf: () => ({ file: 'compose.yaml', line: 1 }) }
  expect(healthAsksDeclared.check({ definition, source, checkout: '/', stores: '/' })).toMatchObject([
    {
      what: 'The health check of hello asks the program wbe, but the package declares no such program.',
      fix: 'Did you mean web? Name one of: web.',
    },
    {
      what: 'The health check of hello asks port 8001, but hello declares no such port.',
      fix: 'Name one of: 8000. Or declare it for hello: expose: ["8001"]',
    },
  ])
})
