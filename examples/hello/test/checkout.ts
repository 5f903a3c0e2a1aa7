import { join } from 'node:path'
import { Checkout, eventually, fresh, post, REPOSITORY, started } from '../../../tools/scenarios/checkout.js'

export const PACKAGE = join(REPOSITORY, 'examples/hello/environment')

export class Hello extends Checkout {
  constructor(name = 'hello') {
    super(
      { service: 'hello', sources: [join(REPOSITORY, 'examples/hello/service')], package: PACKAGE, port: 8000 },
      name,
    )
  }

  /** Who is greeted, the last first. */
  async greeted(): Promise<string[]> {
    const { body } = await this.get('/')
    return [...body.matchAll(/Hello, ([^<]+)!/g)].map(([, name = '']) => name)
  }

  /** Asks for a greeting, and waits until the worker has written it into the database: what is in the queue, nobody keeps. */
  async greet(name: string): Promise<void> {
    const { status } = await post(`${await this.url()}/greetings`, { name })
    if (status !== 303) throw new Error(`the greeting of ${name} is answered with ${status}`)
    await eventually(async () => {
      if (!(await this.greeted()).includes(name)) throw new Error(`${name} is not greeted`)
    })
  }
}

/** A fresh checkout of hello, removed with all that was made for it when the test is over. */
export const freshCheckout = (name?: string): Hello => fresh(new Hello(name))

/** One checkout for all tests of a file, started before the first. */
export const startedCheckout = (prepare?: (hello: Hello) => Promise<void>): Hello => started(new Hello(), prepare)
