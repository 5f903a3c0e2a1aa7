import type { ProgramState } from '../environment/inside/read-programs.js'
import { HAS_OLD_FOLDER } from '../environment/start/find-running.js'
import { explainEnded } from '../environment/start/wait-healthy.js'
import type { Status } from '../environment/verbs/status.js'
import { renderPlaces } from './render-addresses.js'
import { renderBeside, renderLibraries, renderServed } from './render-environments.js'

/** Pure. */
export function renderStatus(status: Status): string[] {
  const { service, state, checkout, project, dataDirectory, addresses, stale, memoryBytes, containers } = status
  return [
    `${service}: ${state}${addresses.length === 1 ? `, ${addresses[0]?.url}` : ''}`,
    ...(addresses.length > 1 ? renderPlaces(addresses) : []),
    `  checkout  ${checkout}`,
    `  package   ${status.package}`,
    `  project   ${project}`,
    `  data      ${dataDirectory}`,
    ...(memoryBytes === 0 ? [] : [`  memory    ${renderMemory(memoryBytes)} in all`]),
    ...(status.movedFrom === undefined
      ? []
      : [
          `  moved     from ${status.movedFrom}, whose containers still run on these data. \`devenv start\` replaces them, \`devenv stop\` stops them`,
        ]),
    ...renderBeside(status.beside),
    ...renderServed(status.installedIn),
    ...renderLibraries(status.libraries),
    ...(status.folders === 'old' ? [`  ${HAS_OLD_FOLDER}`] : []),
    ...(stale === undefined ? [] : [`  image out of date: ${stale}. \`devenv watch\` replaces it`]),
    ...(status.failedStep === undefined
      ? []
      : [
          `  provisioning failed: ${status.failedStep}. The next start carries it out again; \`devenv logs provision\` shows what it printed`,
        ]),
    ...containers.flatMap((container) => [
      renderContainer(container),
      ...(container.standIn === undefined ? [] : [`      a stand-in; it is really ${container.standIn}`]),
      ...(container.programs ?? []).flatMap(renderProgram),
      ...explainIdle(container.programs ?? []),
    ]),
  ]
}

function renderContainer(container: Status['containers'][number]) {
  const { service, state, network, memoryBytes, image, addresses, programs = [] } = container
  const waiting = programs.filter((program) => program.state === 'WAITING').map(({ name }) => name)
  const health = waiting.length === 0 ? container.health : `${waiting.join(', ')}: waiting`
  const runs = `${state}${health === 'none' ? '' : ` (${health})`}${network === 'disconnected' ? ', disconnected from its network' : ''}`
  const parts = [runs, ...(memoryBytes === undefined ? [] : [renderMemory(memoryBytes)]), image, addresses.join(' ')]
  return `  ${service.padEnd(14)} ${parts.join('  ')}`.trimEnd()
}

const renderProgram = ({ name, state, memoryBytes, fault }: ProgramState): string[] => [
  `      ${name.padEnd(12)} ${state.toLowerCase().replace('_', ' ').padEnd(9)} ${memoryBytes === undefined ? '' : renderMemory(memoryBytes)}`.trimEnd(),
  ...(state === 'WAITING' ? [`        ${explainEnded(fault)}`] : []),
]

const MIB = 1024 ** 2
const GIB = 1024 ** 3

/** Pure. */
export function renderMemory(bytes: number): string {
  if (bytes >= GIB) return `${(bytes / GIB).toFixed(1)} GiB`
  return `${(bytes / MIB).toFixed(bytes < 10 * MIB ? 1 : 0)} MiB`
}

const explainIdle = (programs: readonly ProgramState[]): string[] => [
  ...(programs.some(({ state }) => state === 'LEFT_OUT')
    ? ['      to run the programs that are left out: devenv start --programs all']
    : []),
  ...(programs.some(({ state }) => state === 'HELD')
    ? ['      programs that are held start once the data are ready: devenv start']
    : []),
]
