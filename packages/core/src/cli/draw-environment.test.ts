import { expect, test } from 'vitest'
import type { GraphedService } from '../environment/verbs/graph.js'
import { drawEnvironment } from './draw-environment.js'

const server = (service: string, change: Partial<GraphedService> = {}): GraphedService => ({
  service,
  kind: 'server',
  image: `docker.io/library/${service}:1`,
  keepsData: false,
  programs: [],
  ports: [],
  needs: [],
  ...change,
})

test('a service is a box with what is known of it, and arrows lead to those that it needs', () => {
  const hello = server('hello', {
    kind: 'ours',
    image: 'devenv/hello',
    memoryBytes: 100 << 20,
    programs: [{ name: 'web', memoryBytes: 50 << 20 }, { name: 'worker' }],
    ports: [
      { port: 8000, published: 23000 },
      { port: 8001, name: 'studio' },
    ],
    needs: [
      { service: 'mysql', required: true },
      { service: 'search', required: false },
    ],
  })
  const mysql = server('mysql', { keepsData: true })
  const search = server('search', { image: 'docker.io/getmeili/meilisearch:v1' })
  expect(
    drawEnvironment({
      service: 'hello',
      services: [hello, mysql, search],
      beside: { of: 'hello', environments: [{ service: 'lms', url: 'http://localhost:23100' }] },
    }),
  ).toEqual({
    boxes: [
      {
        id: 'hello',
        kind: 'ours',
        lines: [
          'hello, 100 MiB',
          'devenv/hello',
          'program web, 50 MiB',
          'program worker',
          'port 8000: http://localhost:23000',
          'studio, port 8001',
        ],
      },
      { id: 'mysql', kind: 'store', lines: ['mysql', 'mysql:1'] },
      { id: 'search', kind: 'server', lines: ['search', 'getmeili/meilisearch:v1'] },
      { id: 'beside lms', kind: 'ours', lines: ['lms', 'another environment', 'http://localhost:23100'] },
    ],
    arrows: [
      { from: 'hello', to: 'mysql', optional: false },
      { from: 'hello', to: 'search', optional: true },
      { from: 'hello', to: 'beside lms', optional: true },
    ],
  })
})
