import { readFileSync } from 'node:fs'
import { isMap, isNode, LineCounter, parseDocument } from 'yaml'
import { DevenvError, type Place } from '../problem/problem.js'

type Path = readonly (string | number)[]
/** A YAML file as written: its value, and the line on which each part of it stands. */
export type Source = { file: string; value: unknown; placeOf(path: Path): Place }

/** @throws DevenvError `definition-unreadable` */
export function readSource(file: string): Source {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    const { message: detail } = error as Error
    throw new DevenvError({ code: 'definition-unreadable', place: { file }, detail })
  }
  return parseSource(file, text)
}

/** @throws DevenvError `definition-unreadable`, one problem for each error in the text */
export function parseSource(file: string, text: string): Source {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, merge: true })
  if (document.errors.length > 0) {
    throw new DevenvError(
      ...document.errors.map((error) => ({
        code: 'definition-unreadable' as const,
        place: { file, line: lines.linePos(error.pos[0]).line },
        detail: error.message.split('\n')[0]?.replace(/:$/, '') ?? '',
      })),
    )
  }
  return {
    file,
    value: document.toJS(),
    // The nearest part that was written: what is missing is shown where it belongs.
    placeOf(path) {
      for (let length = path.length; length > 0; length--) {
        const parent = document.getIn(path.slice(0, length - 1), true)
        const key = path[length - 1]
        const pair = isMap(parent) ? parent.items.find((item) => String(item.key) === String(key)) : undefined
        const node = pair?.key ?? document.getIn(path.slice(0, length), true)
        if (isNode(node) && node.range) return { file, line: lines.linePos(node.range[0]).line }
      }
      return { file, line: 1 }
    },
  }
}

/** Where a part is written of files that lie over one another: in the last that has it; what none has, in the first. Pure. */
export const placeIn =
  (sources: readonly [Source, ...Source[]]): Source['placeOf'] =>
  (path) =>
    (sources.findLast(({ value }) => isWritten(value, path)) ?? nearestOf(sources, path)).placeOf(path)

/** The first of those that have the longest beginning of a path. */
function nearestOf(sources: readonly [Source, ...Source[]], path: Path): Source {
  for (let length = path.length - 1; length > 0; length--) {
    const found = sources.find(({ value }) => isWritten(value, path.slice(0, length)))
    if (found !== undefined) return found
  }
  return sources[0]
}

function isWritten(value: unknown, [key, ...rest]: Path): boolean {
  if (key === undefined) return true
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return false
  return isWritten((value as Record<string | number, unknown>)[key], rest)
}
