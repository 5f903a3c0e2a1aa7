import { existsSync, readFileSync } from 'node:fs'

const USUAL = 1500

/**
 * The MTU of the interface of the default route, if it is less than the 1500 that the engine gives to the
 * networks it creates: large packets would be lost in silence. `undefined` where nothing has to be said.
 */
export function readMtu(): number | undefined {
  if (!existsSync('/proc/net/route')) return undefined
  const routes = readFileSync('/proc/net/route', 'utf8').split('\n').slice(1)
  const name = routes.map((line) => line.split('\t')).find(([, destination]) => destination === '00000000')?.[0]
  const file = `/sys/class/net/${name}/mtu`
  if (name === undefined || !existsSync(file)) return undefined
  const mtu = Number(readFileSync(file, 'utf8'))
  return mtu < USUAL ? mtu : undefined
}
