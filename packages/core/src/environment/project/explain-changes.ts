import { isDeepStrictEqual } from 'node:util'
import { LABELS } from '../../engine/labels.js'
import { enumerate } from '../../image/plan-image.js'

type Mapping = { readonly [key: string]: unknown }

/**
 * What changed between two Compose projects as they were rendered, for each configuration of a service in the first:
 * `image, environment.HTTPS_PROXY`. Names only, for values may be secret. What cannot be read explains nothing. Pure.
 */
export function explainChanges(before: string | undefined, now: string): { readonly [config: string]: string } {
  const [old, wanted] = [parse(before), parse(now)]
  const { services: formerly, name: _, ...around } = old
  const { services, name: __, ...aroundNow } = wanted
  const everywhere = listChanges(around, aroundNow, 2)
  return Object.fromEntries(
    Object.entries(mappingOf(formerly)).flatMap(([service, value]) => {
      const config = mappingOf(mappingOf(value).labels)[LABELS.config]
      const changes = [...new Set([...listChanges(value, mappingOf(services)[service], 2), ...everywhere])]
      if (changes.length === 0) return []
      const told = changes
        .filter((path) => path !== `labels.${LABELS.config}`)
        .map((path) =>
          path === `labels.${LABELS.mounted}` ? 'another folder is in the place of one that it has' : path,
        )
      // What else the label depends on.
      return [[String(config), told.length === 0 ? 'certificate authorities of this machine' : enumerate(told)]]
    }),
  )
}

/** The paths of parts that differ, at most so many keys long. */
function listChanges(before: unknown, now: unknown, depth: number): string[] {
  const [old, wanted] = [mappingOf(before), mappingOf(now)]
  return [...new Set([...Object.keys(old), ...Object.keys(wanted)])].sort().flatMap((key) => {
    if (isDeepStrictEqual(old[key], wanted[key])) return []
    if (depth === 1 || !isMapping(old[key]) || !isMapping(wanted[key])) return [key]
    return listChanges(old[key], wanted[key], depth - 1).map((rest) => `${key}.${rest}`)
  })
}

const isMapping = (value: unknown): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const mappingOf = (value: unknown): Mapping => (isMapping(value) ? value : {})

function parse(text = ''): Mapping {
  try {
    return mappingOf(JSON.parse(text))
  } catch {
    return {}
  }
}
