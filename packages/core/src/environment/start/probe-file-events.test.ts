import { mkdirSync, readdirSync, statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { SAMPLE_PACKAGE, temporaryFolder, writeFiles } from '../../../test/samples.js'
import { identify } from '../environment.js'
import { WAIT_EVENT } from '../inside/tools.js'
import { chooseProbe, explainPolling } from './probe-file-events.js'

function environmentIn(root: string, dataRoot?: string) {
  const environment = identify(SAMPLE_PACKAGE, join(root, 'checkout'), dataRoot)
  return { ...environment, create: () => mkdirSync(environment.paths.home, { recursive: true }) }
}

describe('the probe', () => {
  test('appears where the container sees the data directory, and goes', () => {
    const environment = environmentIn(temporaryFolder())
    environment.create()
    const probe = chooseProbe(environment)
    expect(probe?.path).toBe('.dev/devenv/probe')
    probe?.touch()
    expect(readdirSync(environment.paths.home)).toEqual(['probe'])
    probe?.remove()
    expect(readdirSync(environment.paths.home)).toEqual([])
  })

  test('goes by where a linked data directory is, not by its name', () => {
    const root = writeFiles(temporaryFolder(), {
      'checkout/build/dev/here': '',
      'disk/dev/here': '',
      'checkout/app.py': '',
    })
    const environment = environmentIn(root)
    symlinkSync('build/dev', join(root, 'checkout/.dev'))
    environment.create()
    expect(chooseProbe(environment)?.path).toBe('build/dev/devenv/probe')
  })

  test.each(['DEVENV_DIR', 'a link'])(
    'is a file of the checkout that stays as it is, where the data are elsewhere by %s',
    (way) => {
      const root = writeFiles(temporaryFolder(), {
        'checkout/folder/app.py': '',
        'checkout/link': { link: '/etc/passwd' },
        'checkout/setup.py': { text: 'text', mode: 0o640 },
        'disk/here': '',
      })
      const environment = environmentIn(root, way === 'DEVENV_DIR' ? join(root, 'disk') : undefined)
      if (way === 'a link') symlinkSync(join(root, 'disk'), join(root, 'checkout/.dev'))
      environment.create()
      const before = statSync(join(root, 'checkout/setup.py'), { bigint: true })
      const probe = chooseProbe(environment)
      expect(probe?.path).toBe('setup.py')
      probe?.touch()
      probe?.remove()
      const { mode, mtimeNs, size, ctimeNs } = statSync(join(root, 'checkout/setup.py'), { bigint: true })
      expect({ mode, mtimeNs, size }).toEqual({ mode: before.mode, mtimeNs: before.mtimeNs, size: before.size })
      expect(ctimeNs).not.toBe(before.ctimeNs)
    },
  )

  test('is none where no file is there to be touched', () => {
    const root = writeFiles(temporaryFolder(), { 'checkout/folder/app.py': '' })
    const environment = environmentIn(root, join(root, 'disk'))
    environment.create()
    expect(chooseProbe(environment)).toBeUndefined()
  })
})

test('polling because no event came, and because it could not be tried, are two things', () => {
  expect(explainPolling(WAIT_EVENT.missed, [])).toBe(
    'a save reaches the container without a file event, as on some shared file systems',
  )
  const could = 'devenv could not try whether a save makes a file event in the container'
  expect(explainPolling(1, ['/app cannot be watched: Permission denied'])).toBe(
    `${could} (/app cannot be watched: Permission denied)`,
  )
  expect(explainPolling(137, [])).toBe(`${could} (exit code 137)`)
  expect(explainPolling(undefined, [])).toBe(`${could} (you own no file at the top of the checkout)`)
})
