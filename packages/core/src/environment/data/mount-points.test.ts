import { existsSync, readdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { problemsOf, SAMPLE_PACKAGE, sampleDefinition, temporaryFolder } from '../../../test/samples.js'
import { identify } from '../environment.js'
import { makeMountPoints } from './mount-points.js'

const bind = (source: string, target: string) => ({ type: 'bind', source, target })

const mounting = (target: string) => {
  const environment = identify(SAMPLE_PACKAGE, temporaryFolder(), undefined)
  const { checkout, paths } = environment
  const { project, ...definition } = sampleDefinition()
  const volumes = [bind(checkout, '/code'), bind(`${paths.stores}/hello`, target)]
  const services = { ...project.services, hello: { ...project.services.hello, volumes } }
  return { checkout, make: () => makeMountPoints({ ...definition, project: { ...project, services } }, environment) }
}

test('a store that is mounted inside the checkout finds a folder there', () => {
  const { checkout, make } = mounting('/code/web/node_modules')
  make()
  make()
  expect(existsSync(join(checkout, 'web/node_modules'))).toBe(true)
})

test('one that is mounted elsewhere adds nothing to the checkout', () => {
  const { checkout, make } = mounting('/codex/node_modules')
  make()
  expect(readdirSync(checkout)).toEqual([])
})

test('a link in its place is not followed', async () => {
  const { checkout, make } = mounting('/code/node_modules')
  symlinkSync('/tmp', join(checkout, 'node_modules'))
  expect(await problemsOf(make)).toMatchObject([{ code: 'data-unusable', path: join(checkout, 'node_modules') }])
})
