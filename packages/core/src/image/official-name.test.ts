import { describe, expect } from 'vitest'
import { testEach } from '../../test/samples.js'
import { officialName } from './official-name.js'

describe('an image has one name whatever registry it is asked of', () => {
  const MYSQL = 'docker.io/library/mysql:8.4.9'
  testEach<{ reference: string; mirror?: string; name: string }>([
    { reference: 'docker.io/library/mysql:8.4.9', name: MYSQL },
    { reference: 'library/mysql:8.4.9', name: MYSQL },
    { reference: 'mysql:8.4.9', name: MYSQL },
    { reference: 'docker.io/mysql:8.4.9', name: MYSQL },
    { reference: 'mysql', name: 'docker.io/library/mysql' },
    { reference: 'getmeili/meilisearch:v1.36.0', name: 'docker.io/getmeili/meilisearch:v1.36.0' },
    { reference: `mysql:8.4.9@sha256:${'1'.repeat(64)}`, name: MYSQL },
    { reference: `docker.io/library/mysql@sha256:${'1'.repeat(64)}`, name: 'docker.io/library/mysql' },
    { reference: 'localhost:5000/library/mysql:8.4.9', mirror: 'localhost:5000', name: MYSQL },
    { reference: 'mirror.example.com/hub/library/mysql:8.4.9', mirror: 'mirror.example.com/hub', name: MYSQL },
    { reference: 'docker.io/library/mysql:8.4.9', mirror: 'docker.io', name: MYSQL },
    { reference: 'mysql:8.4.9', mirror: 'localhost:5000', name: MYSQL },
    {
      reference: 'localhost:5000/library/mysql:8.4.9',
      mirror: 'localhost:500',
      name: 'localhost:5000/library/mysql:8.4.9',
    },
    { reference: 'localhost:5000/library/mysql:8.4.9', name: 'localhost:5000/library/mysql:8.4.9' },
    { reference: 'ghcr.io/astral-sh/uv:0.9', mirror: 'localhost:5000', name: 'ghcr.io/astral-sh/uv:0.9' },
    { reference: 'localhost/mysql:8', name: 'localhost/mysql:8' },
    { reference: 'registry:5000/mysql:8', name: 'registry:5000/mysql:8' },
  ])('$reference is $name', ({ reference, mirror, name }) => {
    expect(officialName(reference, mirror)).toBe(name)
  })
})
