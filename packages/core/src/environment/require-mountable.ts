import { DevenvError } from '../problem/problem.js'

/** Whether its files can be mounted and matched by globs there. @throws DevenvError `checkout-unmountable` */
export function requireMountable(checkout: string): void {
  if (/[:\\]/.test(checkout)) throw new DevenvError({ code: 'checkout-unmountable', checkout })
}
