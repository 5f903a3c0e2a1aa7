import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { problemsOf, temporaryFolder, writeFiles } from '../../test/samples.js'
import { parseSettings, readSettingsFiles } from './settings-files.js'

describe('the settings of a checkout', () => {
  test('are a team’s, and over them a person’s', () => {
    const checkout = writeFiles(temporaryFolder(), {
      'devenv/settings.env': '# ours\nDEVENV_MIRROR=mirror.example.com\nDISCOVERY_BOWER="skip"\n',
      'devenv/settings.local.env': 'DEVENV_MIRROR=localhost:5000\n\n',
    })
    expect(readSettingsFiles(checkout)).toEqual({ DEVENV_MIRROR: 'localhost:5000', DISCOVERY_BOWER: 'skip' })
  })

  test('may be every setting of docs/settings.md, but those that only a shell can set', () => {
    const page = readFileSync(new URL('../../../../docs/settings.md', import.meta.url), 'utf8')
    const names = [...page.matchAll(/^\| `(DEVENV_\w+)`/gm)].map(([, name = '']) => name)
    const taken = names.filter((name) => {
      try {
        return parseSettings('settings.env', `${name}=1`)
      } catch {
        return false
      }
    })
    expect(names.filter((name) => !taken.includes(name))).toEqual(['DEVENV_PACKAGE', 'DEVENV_DEBUG'])
  })

  test('are none where there is no file', () => {
    expect(readSettingsFiles(temporaryFolder())).toEqual({})
  })

  test.each(['settings.env', 'settings.local.env'])('are no folder and no pipe called %s', async (name) => {
    const folder = writeFiles(temporaryFolder(), { [`devenv/${name}/x`]: '' })
    const pipe = writeFiles(temporaryFolder(), { 'devenv/x': '' })
    execFileSync('mkfifo', [join(pipe, 'devenv', name)])
    for (const checkout of [folder, pipe])
      expect(() => readSettingsFiles(checkout)).toThrow(
        expect.objectContaining({ code: 'EFTYPE', path: join(checkout, 'devenv', name) }),
      )
  })

  test('name paths from the checkout', () => {
    const checkout = writeFiles(temporaryFolder(), {
      'devenv/settings.env': 'DEVENV_DIR=../data\nDEVENV_CA_BUNDLE=/etc/ca.pem\nDEVENV_DIGESTS=\n',
    })
    expect(readSettingsFiles(checkout)).toEqual({
      DEVENV_DIR: join(checkout, '../data'),
      DEVENV_CA_BUNDLE: '/etc/ca.pem',
      DEVENV_DIGESTS: '',
    })
  })

  test.each([
    ['DEVENV_MIROR=a', 'there is no setting DEVENV_MIROR'],
    ['DEVENV_PROGRAMS web', 'this line does not set a variable'],
    ['DEVENV_PACKAGE=../package', 'DEVENV_PACKAGE cannot be set in this file'],
    ['DOCKER_HOST=tcp://elsewhere', 'DOCKER_HOST cannot be set in this file'],
  ])('%s is refused, with its line', async (line, detail) => {
    const [problem] = await problemsOf(() => parseSettings('settings.env', `A=1\n${line}\n`))
    expect(problem).toMatchObject({ code: 'settings-invalid', place: { file: 'settings.env', line: 2 }, detail })
  })
})
