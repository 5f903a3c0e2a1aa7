import { meant } from '../../problem/nearest.js'
import { readProgramNames } from '../declared-programs.js'
import { addressesOf, type ComposeService, oursOf, portsOf } from '../definition.js'
import { isSelf, parseHealthCheck } from '../health-check.js'
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

export const healthAsksDeclared: Rule = {
  name: 'health-asks-declared',
  clause: 'OEP-5, dev.watch',
  why: 'A start waits minutes for the answer of a program or an address that is not there.',
  check: ({ definition, source }) =>
    oursOf(definition).flatMap((name) => {
      const place = source.placeOf(['services', name, 'healthcheck', 'test'])
      const { questions, unreadable } = parseHealthCheck(definition.project.services[name]?.healthcheck ?? {})
      // Which programs another image holds, only its container tells.
      const programs = name === definition.primary ? readProgramNames(definition) : undefined
      const unknown = questions.filter(({ program }) => program !== undefined && programs?.includes(program) === false)
      return [
        ...unreadable.map((word) => ({
          place,
          what: `The health check of ${name} asks ${word}, which is not of the form NAME=http://HOST:PORT/PATH.`,
          fix: `test: [CMD, /opt/devenv/bin/answers, "${programs?.[0] ?? 'web'}=${/^http:\/\/./.test(word) ? word : 'http://localhost:8000/health/'}"]`,
        })),
        ...unknown.map(({ program = '' }) => ({
          place,
          what: `The health check of ${name} asks the program ${program}, but the package declares no such program.`,
          fix: `${meant([program], programs ?? [])} Name one of: ${programs?.join(', ') || 'none'}.`.trimStart(),
        })),
        ...questions.flatMap(({ url, port }) => {
          const asked = isSelf(url) ? name : url.hostname
          const service = definition.project.services[asked]
          if (!oursOf(definition).includes(asked) || isDeclared(service, port)) return []
          const declared = portsOf(service).map(({ target }) => target)
          return [
            {
              place,
              what: `The health check of ${name} asks port ${port}, but ${asked} declares no such port.`,
              fix: `Name one of: ${declared.join(', ') || 'none'}. Or declare it for ${asked}: expose: ["${port}"]`,
            },
          ]
        }),
      ]
    }),
}

const isDeclared = ({ ports = [], expose = [] }: ComposeService = {}, port: number): boolean =>
  ports.some(({ target }) => target === port) ||
  expose.some((each) => {
    const [first = 0, last = first] = each.split('/')[0]?.split('-').map(Number) ?? []
    return first <= port && port <= last
  })

export const servicesRunOnce: Rule = {
  name: 'services-run-once',
  clause: 'OEP-5, dev.watch',
  why: 'An environment runs each of its services, in one container.',
  check: ({ definition, source }) =>
    Object.entries(definition.project.services).flatMap(([name, { profiles, scale, deploy }]) => {
      const at = (...path: string[]) => source.placeOf(['services', name, ...path])
      const optional = 'For a server that not everybody needs: `required: false` in depends_on, and DEVENV_WITHOUT.'
      const chosen = {
        place: at('profiles'),
        what: `${name} is in profiles (${[profiles].flat().join(', ')}), and devenv chooses none.`,
        fix: `Remove \`profiles:\`. ${optional}`,
      }
      const replicas = (deploy as { replicas?: unknown } | undefined)?.replicas
      const counted = [
        { count: scale, key: 'scale', place: at('scale') },
        { count: replicas, key: 'deploy.replicas', place: at('deploy', 'replicas') },
      ]
        .filter(({ count = 1 }) => count !== 1)
        .map(({ count, key, place }) => ({
          place,
          what: `\`${key}\` asks for ${count} containers of ${name}.`,
          fix: `Remove \`${key}:\`. ${count === 0 ? optional : 'More workers: more processes of one program, in its supervisor file.'}`,
        }))
      return profiles === undefined ? counted : [chosen, ...counted]
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
