import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { temporaryFolder, writeFiles } from '../../test/samples.js'
import { settingsFrom } from './settings.js'

describe('settings', () => {
  test.each(['DEVENV_DIR', 'DEVENV_MIRROR', 'DEVENV_PUBLISH'])('an empty %s is the same as none', (name) => {
    const { variables: _, ...empty } = settingsFrom({ [name]: '' })
    const { variables: __, ...none } = settingsFrom({})
    expect(empty).toEqual(none)
    expect(none).toMatchObject({ dataRoot: undefined, mirror: undefined, publish: [], proxies: {} })
  })

  test('a data directory is absolute, wherever devenv was called', () => {
    expect(settingsFrom({ DEVENV_DIR: 'data' }).dataRoot).toBe(join(process.cwd(), 'data'))
    expect(settingsFrom({ DEVENV_DIR: '/data/' }).dataRoot).toBe('/data')
  })

  test.each([
    ['mysql', ['mysql']],
    ['mysql,redis', ['mysql', 'redis']],
    ['mysql redis', ['mysql', 'redis']],
    [' mysql, redis ,', ['mysql', 'redis']],
  ])('DEVENV_PUBLISH=%j publishes %j', (text, services) => {
    expect(settingsFrom({ DEVENV_PUBLISH: text }).publish).toEqual(services)
  })

  test('proxies are taken in both spellings, each as it is set, and nothing else', () => {
    const proxies = { HTTP_PROXY: 'http://a', https_proxy: 'http://b', NO_PROXY: '*.local', no_proxy: 'localhost' }
    expect(settingsFrom({ ...proxies, HTTPS_PROXY: '', PROXY: 'x', HOME: '/home/dev' }).proxies).toEqual(proxies)
  })

  describe('the bundle of certificates', () => {
    const folder = () => writeFiles(temporaryFolder(), { 'ours.pem': '', 'ssl.pem': '' })

    test('is the one that was named to us, before the one that was named to others', () => {
      const root = folder()
      const env = { DEVENV_CA_BUNDLE: join(root, 'ours.pem'), SSL_CERT_FILE: join(root, 'ssl.pem') }
      expect(settingsFrom(env).caBundle).toBe(env.DEVENV_CA_BUNDLE)
      expect(settingsFrom({ SSL_CERT_FILE: env.SSL_CERT_FILE }).caBundle).toBe(env.SSL_CERT_FILE)
    })

    test('is never a file that is not there', () => {
      const root = folder()
      const env = { DEVENV_CA_BUNDLE: join(root, 'none.pem'), SSL_CERT_FILE: join(root, 'ssl.pem') }
      expect(settingsFrom(env).caBundle).toBe(env.SSL_CERT_FILE)
      expect(settingsFrom({ SSL_CERT_FILE: join(root, 'none.pem') }).caBundle).not.toBe(join(root, 'none.pem'))
    })

    test('is not what comes on top of Node’s own', () => {
      const file = join(folder(), 'ours.pem')
      expect(settingsFrom({ NODE_EXTRA_CA_CERTS: file }).caBundle).not.toBe(file)
    })
  })
})
