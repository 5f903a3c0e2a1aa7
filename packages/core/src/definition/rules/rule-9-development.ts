import type { Rule } from './rule.js'

export const loopbackOnly: Rule = {
  name: 'loopback-only',
  clause: 'OEP-5 rule 9',
  why: 'Compose publishes ports on all interfaces, past the firewall; a development database must not be open to the network.',
  check: ({ definition, source }) =>
    Object.entries(definition.project.services).flatMap(([name, { ports, network_mode }]) => {
      const open = (ports ?? []).filter(
        ({ host_ip }) => host_ip !== undefined && !/^(127\.|::1$|localhost$)/.test(host_ip),
      )
      const host =
        network_mode === undefined
          ? []
          : [
              {
                place: source.placeOf(['services', name, 'network_mode']),
                what: `${name} leaves the environment’s own network.`,
                fix: 'Remove `network_mode:`.',
              },
            ]
      return [
        ...open.map(({ host_ip, target }) => ({
          place: source.placeOf(['services', name, 'ports']),
          what: `${name} publishes port ${target} on ${host_ip}.`,
          fix: `ports: ["${target}"]  (devenv binds a loopback port)`,
        })),
        ...host,
      ]
    }),
}
