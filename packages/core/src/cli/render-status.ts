import type { ProgramState } from '../environment/inside.js'
import type { Status } from '../environment/status.js'

/** Pure. */
export function renderStatus(status: Status): string[] {
  const { service, state, checkout, project, dataDirectory, urls, stale, containers } = status
  return [
    `${service}: ${state}${urls.length > 0 ? `, ${urls.join(' ')}` : ''}`,
    `  checkout  ${checkout}`,
    `  package   ${status.package}`,
    `  project   ${project}`,
    `  data      ${dataDirectory}`,
    ...(stale === undefined ? [] : [`  image out of date: ${stale}. \`make dev.watch\` brings it in`]),
    ...containers.flatMap((container) => [
      `  ${container.service.padEnd(14)} ${container.state}${container.health === 'none' ? '' : ` (${container.health})`}  ${container.image}  ${container.addresses.join(' ')}`.trimEnd(),
      ...(container.standIn === undefined ? [] : [`      a stand-in, really ${container.standIn}`]),
      ...(container.programs ?? []).map(
        (program) => `      ${program.name.padEnd(12)} ${program.state.toLowerCase().replace('_', ' ')}`,
      ),
      ...explainLeftOut(container.programs ?? []),
    ]),
  ]
}

const explainLeftOut = (programs: readonly ProgramState[]): string[] =>
  programs.some(({ state }) => state === 'LEFT_OUT')
    ? ['      what is left out comes back with: devenv start --programs all']
    : []
