import { nearest } from '../problem/nearest.js'
import { KNOWN_SETTINGS } from './settings-files.js'

/** So near a name has to be to that of a setting: scripts may have variables of their own with our prefix. */
const NEAR = 0.7

/** What devenv takes from make's command line, beside a Makefile's own options (make/devenv.mk). */
const OF_MAKE = ['ARGS', 'WITH', 'PROGRAMS', 'LOGS', 'NOW', 'YES']

/**
 * Of the variables on make's command line the first that will have meant one of devenv's, with that. Pure.
 * @param flags make's MAKEFLAGS: its options, ` -- `, then each variable (https://www.gnu.org/software/make/manual/make.html#Options_002fRecursion)
 * @param options variables of the Makefile that choose what is meant (DEVENV_MAKE_OPTIONS)
 * @param target whether a target of the checkout is called, which has variables of its own
 */
export function mistypedVariable(
  flags: string,
  options: readonly string[],
  target: boolean,
): { name: string; meant: string } | undefined {
  const typed = [...(/(?:^| )-- (.*)/s.exec(flags)?.[1] ?? '').matchAll(/(?:^|(?<!\\) )([A-Za-z]\w*)=/g)]
  const known = target ? options : [...options, ...OF_MAKE]
  for (const [, name = ''] of typed) {
    const meant = known.includes(name) ? undefined : nearest(name, known, NEAR)
    if (meant !== undefined) return { name, meant }
  }
  return undefined
}

/** Of these variables those that will have meant a setting, each with that. Pure. */
export function mistypedSettings(names: readonly string[]): { name: string; meant: string }[] {
  const bare = (name: string) => name.slice('DEVENV_'.length)
  const known = KNOWN_SETTINGS.filter((name) => name.startsWith('DEVENV_')).map(bare)
  return names.flatMap((name) => {
    const meant = nearest(bare(name), known, NEAR)
    return meant === undefined ? [] : [{ name, meant: `DEVENV_${meant}` }]
  })
}
