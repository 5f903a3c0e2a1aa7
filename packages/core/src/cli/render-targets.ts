import type { Target } from '../checkout/read-targets.js'
import { type DeclaredTarget, isSupplied } from '../definition/definition.js'
import { asTyped, type Form } from './as-typed.js'

/** What can be typed in a checkout. Pure but for how devenv is typed here. */
export function renderTargets(
  commands: readonly { name: string; summary: string }[],
  targets: readonly Target[],
  declared: { readonly [target: string]: DeclaredTarget },
  form?: Form,
): string[] {
  const typed = (text: string) => asTyped(text, form)
  const own = targets.filter(({ name }) => /^dev(env)?\./.test(name))
  const inside = targets.filter(
    ({ name }) => !own.some((target) => target.name === name) && !isSupplied(declared[name]),
  )
  return [
    ...section(
      'Of devenv:',
      commands.map(({ name, summary }) => [typed(`devenv ${name}${name === 'make' ? ' TARGET' : ''}`), summary]),
    ),
    ...section(
      'In the environment:',
      inside.map(({ name, about }) => [typed(`devenv make ${name}`), about]),
    ),
    ...section(
      'Supplied by the environment package:',
      Object.entries(declared).flatMap(([name, target]) =>
        isSupplied(target) ? [[typed(`devenv make ${name}`), target.about ?? target.because] as const] : [],
      ),
    ),
    ...section(
      'On this machine, of the checkout’s own Makefile:',
      own.map(({ name, about }) => [`make ${name}`, about]),
    ),
  ]
}

function section(title: string, rows: readonly (readonly [string, string | undefined])[]): string[] {
  const width = Math.max(...rows.map(([typed]) => typed.length))
  return rows.length === 0
    ? []
    : [title, ...rows.map(([typed, about = '']) => `  ${typed.padEnd(width)}  ${about}`.trimEnd())]
}
