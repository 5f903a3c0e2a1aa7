import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { temporaryFolder, testEach, writeFiles } from '../../../test/samples.js'
import { unchanged } from '../data/record.js'
import { readMatchingFiles } from '../provision/read-matching-files.js'
import { readStampedInputs } from './read-stamped-inputs.js'

/** What happens as soon as a file has been read, or a folder listed. */
const moment = vi.hoisted(() => ({ after: (_path: string) => {} }))
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>()
  const after =
    (work: (...words: unknown[]) => unknown) =>
    (path: string, ...words: unknown[]) => {
      const read = work(path, ...words)
      moment.after(path)
      return read
    }
  return {
    ...fs,
    readFileSync: after(fs.readFileSync as never),
    readdirSync: after(fs.readdirSync as never),
  }
})

/** Makes a change right after the path was read for the first time. */
function onceRead(path: string, change: () => void): void {
  moment.after = (read) => {
    if (read !== path) return
    moment.after = () => {}
    change()
  }
}

const sample = () =>
  writeFiles(temporaryFolder(), {
    'checkout/requirements.txt': 'django\n',
    'checkout/migrations/1.sql': '',
    'package/Dockerfile': 'FROM debian\n',
    'package/Dockerfile.dockerignore': '*\n!requirements.txt\n',
    'package/image/supervisor/web.conf': '',
  })
const stampsOfInputs = async (root: string) => {
  const spec = {
    name: 'devenv/hello',
    dockerfile: join(root, 'package/Dockerfile'),
    target: undefined,
    args: {},
    contexts: { checkout: join(root, 'checkout'), package: join(root, 'package/image') },
  }
  return (await readStampedInputs(spec, { locked: {} })).stamps
}

testEach<{ what: string; path: string; change: (root: string) => void }>([
  {
    what: 'an input of the checkout',
    path: 'checkout/requirements.txt',
    change: (root) => writeFileSync(join(root, 'checkout/requirements.txt'), 'django==5\n'),
  },
  {
    what: 'the Dockerfile',
    path: 'package/Dockerfile',
    change: (root) => writeFileSync(join(root, 'package/Dockerfile'), 'FROM debian:12\n'),
  },
  {
    what: 'what the build may see',
    path: 'package/Dockerfile.dockerignore',
    change: (root) => writeFileSync(join(root, 'package/Dockerfile.dockerignore'), '*\n'),
  },
  {
    what: 'a file of the package that is gone',
    path: 'package/image/supervisor/web.conf',
    change: (root) => rmSync(join(root, 'package/image/supervisor/web.conf')),
  },
  {
    what: 'a file of the package that has come',
    path: 'package/image/supervisor',
    change: (root) => writeFileSync(join(root, 'package/image/supervisor/worker.conf'), ''),
  },
])('$what that is saved right after it was read is a change', async ({ path, change }) => {
  const root = sample()
  expect(unchanged(await stampsOfInputs(root))).toBe(true)
  onceRead(join(root, path), () => change(root))
  expect(unchanged(await stampsOfInputs(root))).toBe(false)
})

test('a file of a provisioning step that is saved, or comes, right after one was read is a change', async () => {
  for (const saved of ['1.sql', '2.sql']) {
    const root = sample()
    const read = async () => (await readMatchingFiles(join(root, 'checkout'), 'migrations/*.sql')).stamps
    expect(unchanged(await read())).toBe(true)
    onceRead(join(root, 'checkout/migrations/1.sql'), () =>
      writeFileSync(join(root, 'checkout/migrations', saved), 'CREATE TABLE a (b INT);\n'),
    )
    expect(unchanged(await read())).toBe(false)
  }
})
