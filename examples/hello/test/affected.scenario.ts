import { chmodSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { succeeded } from '../../../tools/scenarios/checkout.js'
import { ask } from '../../../tools/scenarios/run.js'
import { git, Monorepo, pushBase } from './monorepo.js'
import { sharedRegistry } from './registry.js'

const registry = sharedRegistry()
const monorepo = new Monorepo()
beforeAll(async () => {
  await pushBase(registry.host)
  await monorepo.make(registry.host)
  await monorepo.discovery.release('ulmo.1')
  await monorepo.discovery.release('ulmo.2')
  monorepo.discovery.write('requirements/local.txt', 'master\n')
  await monorepo.discovery.commit()
  await monorepo.declare({ main: 'master', 'ulmo.1': 'release/ulmo.1', 'ulmo.2': 'release/ulmo.2' })
  await monorepo.lock({ 'docker.io/library/base:1': (await registry.digest('library/base', '1')) ?? '' })
  await monorepo.commit()
  for (const name of ['discovery', 'hello'] as const) succeeded(await monorepo.devenv(name, ['publish']))
})
afterAll(() => monorepo.remove())

type Step = { do: string; reference: string; releases: string[] }

/** Who would get another image. */
async function builds(): Promise<string[]> {
  const plan = async (name: 'discovery' | 'hello') => {
    const { steps }: { steps: Step[] } = await monorepo.json(name, ['publish', '--unreleased', '--dry-run'])
    return steps
      .filter((step) => step.do === 'build')
      .flatMap(({ reference, releases }) => {
        if (reference.includes('-snapshot:')) return ['snapshot']
        return releases.length === 0 ? [name] : releases.map((release) => `${name} ${release}`)
      })
  }
  return (await Promise.all([plan('discovery'), plan('hello')])).flat().sort()
}

const DISCOVERY = ['discovery main', 'discovery ulmo.1', 'discovery ulmo.2']
/** Between two versions of the package, only master's snapshot is published. */
const withSnapshot = (who: string[]) => (who.includes('discovery main') ? [...who, 'snapshot'] : who).sort()

type Row = { change: string; rebuilds: string[]; make: () => void | Promise<void> }
const rows: Row[] = [
  { change: 'nothing', rebuilds: [], make: () => {} },
  { change: 'README', rebuilds: [], make: () => monorepo.write('README.md', 'another\n') },
  {
    change: 'a package’s README',
    rebuilds: [],
    make: () => monorepo.write('packages/discovery/README.md', 'another\n'),
  },
  { change: 'core’s TypeScript', rebuilds: [], make: () => monorepo.write('packages/core/src/cli/version.ts', '') },
  { change: 'a test file', rebuilds: [], make: () => monorepo.write('packages/core/container-test/helpers.py', '') },
  { change: 'nx.json', rebuilds: [], make: () => monorepo.write('nx.json', '{}') },
  { change: 'npm’s lock file', rebuilds: [], make: () => monorepo.write('package-lock.json', '{}') },
  {
    change: 'a version bump',
    rebuilds: [],
    make: () => monorepo.edit('packages/discovery/package.json', /"version": ".*"/, '"version": "9.9.9"'),
  },
  {
    change: 'an environment variable in compose.yaml',
    rebuilds: [],
    make: () =>
      monorepo.edit('packages/discovery/compose.yaml', '    environment:\n', '    environment:\n      ADDED: "1"\n'),
  },
  {
    change: 'a build argument in compose.yaml',
    rebuilds: DISCOVERY,
    make: () => monorepo.edit('packages/discovery/compose.yaml', '      args:\n', '      args:\n        ADDED: "1"\n'),
  },
  {
    change: 'one package’s Dockerfile',
    rebuilds: DISCOVERY,
    make: () =>
      monorepo.write('packages/discovery/Dockerfile', `${monorepo.read('packages/discovery/Dockerfile')}ENV ADDED=1\n`),
  },
  {
    change: 'a supervisor file',
    rebuilds: ['hello'],
    make: () => monorepo.write('examples/hello/environment/image/supervisor/web.conf', '[program:web]\ncommand=true\n'),
  },
  {
    change: 'a supervisor file’s executable bit',
    rebuilds: DISCOVERY,
    make: () => chmodSync(join(monorepo.path, 'packages/discovery/image/supervisor/web.conf'), 0o755),
  },
  {
    change: 'core’s image files',
    rebuilds: [...DISCOVERY, 'hello'],
    make: () => monorepo.write('packages/core/container/bin/run', '#!/bin/sh\n'),
  },
  {
    change: 'core’s snapshot',
    rebuilds: ['snapshot'],
    make: () =>
      monorepo.write('packages/core/snapshot/Dockerfile', 'FROM dev\nARG CODE_DIRECTORY\nCOPY . /elsewhere\n'),
  },
  {
    change: 'a release’s commit, with other requirements',
    rebuilds: ['discovery ulmo.2'],
    make: async () => {
      monorepo.discovery.write('requirements/local.txt', 'a hotfix\n')
      await monorepo.discovery.commit()
      await git(monorepo.discovery.path, 'tag', '--force', 'release/ulmo.2')
      const { images } = JSON.parse(monorepo.read('packages/discovery/devenv-lock.json'))
      const main = await monorepo.discovery.commitOf('HEAD^')
      await monorepo.lock(images)
      // Master is where it was.
      monorepo.edit(
        'packages/discovery/devenv-lock.json',
        /("ref": "master",\s+"commit": ")[0-9a-f]+/,
        `"ref": "master", "commit": "${main}`,
      )
    },
  },
  {
    change: 'a release’s requirement in the service’s checkout',
    rebuilds: ['hello'],
    make: () => monorepo.write('examples/hello/service/requirements/debian.txt', 'python3-flask\n'),
  },
  {
    change: 'source code in the service’s checkout',
    rebuilds: [],
    make: () => monorepo.write('examples/hello/service/hello/web.py', ''),
  },
  {
    change: 'a base image’s digest',
    rebuilds: DISCOVERY,
    make: () => monorepo.edit('packages/discovery/devenv-lock.json', /sha256:[0-9a-f]{64}/, `sha256:${'0'.repeat(64)}`),
  },
  {
    change: 'a file added under a copied folder',
    rebuilds: DISCOVERY,
    make: () => monorepo.write('packages/discovery/image/settings/added.py', ''),
  },
  {
    change: 'one removed',
    rebuilds: DISCOVERY,
    make: () => rmSync(join(monorepo.path, 'packages/discovery/image/webpack.config.js')),
  },
  {
    change: 'one renamed',
    rebuilds: DISCOVERY,
    make: () =>
      renameSync(
        join(monorepo.path, 'packages/discovery/image/webpack.config.js'),
        join(monorepo.path, 'packages/discovery/image/webpack.js'),
      ),
  },
  {
    change: 'a git-ignored file beside an input',
    rebuilds: [],
    make: () => {
      monorepo.write('packages/discovery/image/settings/__pycache__/settings.pyc', '')
      monorepo.write('packages/core/container/lib/devenv_container/__pycache__/logs.pyc', '')
    },
  },
  {
    change: 'an empty folder',
    rebuilds: [],
    make: () => void mkdirSync(join(monorepo.path, 'packages/core/container/empty')),
  },
]

describe('only the images whose inputs changed are built', () => {
  for (const { change, rebuilds, make } of rows) {
    test(`${change}: ${rebuilds.join(', ') || 'none'}`, async () => {
      try {
        await make()
        expect(await builds()).toEqual(withSnapshot(rebuilds))
      } finally {
        await monorepo.restore()
      }
    })
  }

  test('another umask: none', async () => {
    const clone = new Monorepo()
    try {
      await ask('sh', '-c', 'umask 077 && exec git clone --quiet "$1" "$2"', 'sh', monorepo.path, clone.path)
      clone.linkBuilt()
      clone.env = monorepo.env
      expect(statSync(join(clone.path, 'packages/core/container/bin/run')).mode & 0o777).toBe(0o700)
      expect(await clone.json('hello', ['publish', '--dry-run'])).toMatchObject({ steps: [] })
      expect(await clone.json('discovery', ['publish', '--dry-run'])).toMatchObject({ steps: [] })
    } finally {
      clone.remove()
    }
  })
})
