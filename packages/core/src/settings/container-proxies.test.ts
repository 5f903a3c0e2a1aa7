import { expect } from 'vitest'
import { testEach } from '../../test/samples.js'
import { containerProxies, loopbackProxies } from './container-proxies.js'

testEach([
  { proxy: 'http://localhost:3128', reached: false },
  { proxy: 'http://user:secret@127.0.0.1:3128/', reached: false },
  { proxy: 'socks5h://127.1.2.3:1080', reached: false },
  { proxy: 'http://[::1]:3128', reached: false },
  { proxy: '127.0.0.1:3128', reached: false },
  { proxy: 'http://proxy.example.com:3128', reached: true },
  { proxy: 'proxy:3128', reached: true },
  { proxy: 'http://localhost.example.com', reached: true },
])('a container reaches $proxy: $reached', ({ proxy, reached }) => {
  const proxies = { HTTPS_PROXY: proxy, NO_PROXY: 'localhost', no_proxy: '127.0.0.1,a' }
  const { HTTPS_PROXY, ...exceptions } = proxies
  expect(containerProxies(proxies)).toEqual(reached ? proxies : exceptions)
  expect(loopbackProxies(proxies)).toEqual(reached ? [] : ['HTTPS_PROXY'])
})
