import { join } from 'node:path'
import { Checkout, fresh, REPOSITORY, started } from '../../../tools/scenarios/checkout.js'

export const PACKAGE = join(REPOSITORY, 'examples/hello/environment')

export class Hello extends Checkout {
  constructor(name = 'hello') {
    super(
      { service: 'hello', sources: [join(REPOSITORY, 'examples/hello/service')], package: PACKAGE, port: 8000 },
      name,
    )
  }
}

/** A fresh checkout of hello, removed with all that was made for it when the test is over. */
export const freshCheckout = (name?: string): Hello => fresh(new Hello(name))

/** One checkout for all tests of a file, started before the first. */
export const startedCheckout = (prepare?: (hello: Hello) => Promise<void>): Hello => started(new Hello(), prepare)
