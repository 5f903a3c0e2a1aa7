import { join } from 'node:path'
import { expect } from 'vitest'
import { Checkout, eventually, fresh, REPOSITORY } from '../../../tools/scenarios/checkout.js'

export const GUESTBOOK = join(REPOSITORY, 'examples/guestbook')

/** A checkout of guestbook, the service that works with hello. */
export class Guestbook extends Checkout {
  constructor(name = 'guestbook') {
    const sources = [join(GUESTBOOK, 'service')]
    super({ service: 'guestbook', sources, package: join(GUESTBOOK, 'environment'), port: 8000 }, name)
  }
}
export const freshGuestbook = () => fresh(new Guestbook())

export const idsOf = async (checkout: Checkout) => (await checkout.containers()).map(({ id }) => id).sort()
export const pageOf = async (checkout: Pick<Checkout, 'get'>) => (await checkout.get('/')).body

/** Both run and each was told where the other is. */
export async function expectTold(hello: Pick<Checkout, 'url' | 'get'>, guestbook: Guestbook): Promise<void> {
  const addresses = { hello: await hello.url(), guestbook: await guestbook.url() }
  await eventually(async () => {
    expect(await pageOf(hello)).toContain(`href="${addresses.guestbook}/"`)
    // hello answers the server by its name, and a browser by its address.
    expect(await pageOf(guestbook)).toContain(`href="${addresses.hello}/"`)
    expect(await pageOf(guestbook)).toContain(`Hello, ${addresses.guestbook}!`)
  })
}
