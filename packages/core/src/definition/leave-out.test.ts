import { expect, test } from 'vitest'
import { problemsOf, sampleDefinition } from '../../test/samples.js'
import type { Definition } from './definition.js'
import { leaveOut } from './leave-out.js'

const searchable = (): Definition => {
  const definition = sampleDefinition(
    {},
    {
      hello: {
        depends_on: {
          mysql: { condition: 'service_healthy' },
          search: { condition: 'service_healthy', required: false },
        },
      },
      search: { image: 'docker.io/library/search:1.2' },
    },
  )
  const when = { files: [], installed: [], libraries: [], image: false, address: false }
  return {
    ...definition,
    targets: {
      test: { needs: ['mysql', 'search'], environment: { CI: '1' } },
      lint: { needs: undefined, environment: {}, because: 'it is' },
    },
    provision: [
      { name: 'migrations', service: 'hello', run: ['true'], when: { ...when, stores: ['mysql'] } },
      { name: 'index', service: 'hello', run: ['true'], when: { ...when, stores: ['mysql', 'search'] } },
    ],
  }
}

test('a service that is left out is neither there, nor waited for, nor filled, and the primary container is told', () => {
  const { project, provision, targets } = leaveOut(searchable(), ['search'])
  expect(Object.keys(project.services)).not.toContain('search')
  expect(project.services.hello?.depends_on).toEqual({ mysql: { condition: 'service_healthy' } })
  expect(project.services.hello?.environment).toMatchObject({ DEVENV_WITHOUT: 'search' })
  expect(provision.map(({ name }) => name)).toEqual(['migrations'])
  expect(targets.test).toEqual({ needs: ['mysql'], environment: { CI: '1' } })
  expect(targets.lint?.needs).toBeUndefined()
})

test('nothing left out changes nothing', () => {
  const definition = searchable()
  expect(leaveOut(definition, [])).toBe(definition)
})

test('what the primary service requires, or nobody knows, is refused, and what can be left out is named', async () => {
  expect(await problemsOf(() => leaveOut(searchable(), ['search', 'mysql', 'sreach']))).toEqual([
    { code: 'service-required', name: 'mysql', optional: ['search'] },
    { code: 'service-absent', name: 'sreach', optional: ['search'] },
  ])
})
