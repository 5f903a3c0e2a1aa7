import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { CONTAINER_CA_VARIABLES } from './ca-variables.js'

test('a build is told of the authorities by the variables of a container, and by its own', () => {
  const script = readFileSync(new URL('../../container/build/with-ca', import.meta.url), 'utf8')
  const exported = [...script.matchAll(/^ +export (\w+)=/gm)].map(([, name]) => name)
  // apt and npm run in builds, AWS's tools do not.
  const ofBuilds = ['APT_CONFIG', 'npm_config_cafile']
  const ofContainers = CONTAINER_CA_VARIABLES.filter((name) => name !== 'AWS_CA_BUNDLE')
  expect(exported.sort()).toEqual([...ofContainers, ...ofBuilds].sort())
})
