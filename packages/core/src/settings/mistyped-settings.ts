import { nearest } from '../problem/nearest.js'
import { KNOWN_SETTINGS } from './settings-files.js'

/** So near a name has to be to that of a setting: scripts may have variables of their own with our prefix. */
const NEAR = 0.7

/** Of these variables those that will have meant a setting, each with that. Pure. */
export function mistypedSettings(names: readonly string[]): { name: string; meant: string }[] {
  const bare = (name: string) => name.slice('DEVENV_'.length)
  const known = KNOWN_SETTINGS.filter((name) => name.startsWith('DEVENV_')).map(bare)
  return names.flatMap((name) => {
    const meant = nearest(bare(name), known, NEAR)
    return meant === undefined ? [] : [{ name, meant: `DEVENV_${meant}` }]
  })
}
