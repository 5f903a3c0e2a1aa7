import { wordsOf } from '../environment/choose-programs.js'
import { urlsOf } from '../environment/plan-project.js'
import type { Record } from '../environment/record.js'

/** Where an environment answers, and who can sign in there. Pure. */
export function renderAddresses(
  service: string,
  {
    ports,
    address,
    primary,
    accounts,
    settings: { programs },
  }: Pick<Record, 'ports' | 'primary' | 'accounts'> & {
    address?: number | undefined
    settings: Pick<Record['settings'], 'programs'>
  },
): string[] {
  const url = urlsOf(ports[primary], address).DEVENV_URL ?? ''
  const others = Object.entries(ports).filter(([name]) => name !== primary)
  return [
    `${service} answers at ${url}`,
    ...accounts.map(
      ({ what, user, password, path }) =>
        `  ${what}: ${user} / ${password}${path === undefined ? '' : `  ${url}${path}`}`,
    ),
    ...(programs === 'all'
      ? []
      : [`  of its programs only ${wordsOf(programs)}; all again: devenv start --programs all`]),
    ...others.flatMap(([name, published]) => Object.values(published).map((port) => `  ${name}: localhost:${port}`)),
  ]
}
