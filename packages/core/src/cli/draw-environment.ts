import type { EnvironmentGraph, GraphedService } from '../environment/verbs/graph.js'
import type { Picture } from '../picture/picture.js'
import { renderMemory } from './render-status.js'

/** The services of an environment, with their programs, ports and memory; arrows lead to those that they need; dashed, to the environments beside it. Pure. */
export const drawEnvironment = ({ services, beside: { of, environments } }: EnvironmentGraph): Picture => ({
  boxes: [
    ...services.map((service) => ({
      id: service.service,
      kind: service.kind === 'server' && service.keepsData ? ('store' as const) : service.kind,
      lines: linesOf(service),
    })),
    ...environments.map(({ service, url }) => ({
      id: `beside ${service}`,
      kind: 'ours' as const,
      lines: [service, 'another environment', ...(url === undefined ? [] : [url])],
    })),
  ],
  arrows: [
    ...services.flatMap(({ service, needs }) =>
      needs.map(({ service: to, required }) => ({ from: service, to, optional: !required })),
    ),
    ...environments.map(({ service }) => ({ from: of, to: `beside ${service}`, optional: true })),
  ],
})

const linesOf = ({ service, image, memoryBytes, programs, ports }: GraphedService): string[] => [
  withMemory(service, memoryBytes),
  image.replace(/^docker\.io\/(library\/)?/, ''),
  ...programs.map((program) => withMemory(`program ${program.name}`, program.memoryBytes)),
  ...ports.map(({ port, name, published }) => {
    const named = name === undefined ? `port ${port}` : `${name}, port ${port}`
    return published === undefined ? named : `${named}: http://localhost:${published}`
  }),
]

const withMemory = (what: string, bytes: number | undefined): string =>
  bytes === undefined ? what : `${what}, ${renderMemory(bytes)}`
