import { type Document, isMap, isNode, LineCounter, parseDocument, visit } from 'yaml'
import { DevenvError, type Place } from '../problem/problem.js'
import { readTextFile } from '../problem/read-text-file.js'

type Path = readonly (string | number)[]
/** A YAML file as written: its value, and the line on which each part of it stands. */
export type Source = { file: string; value: unknown; placeOf(path: Path): Place }

/** @throws DevenvError `definition-unreadable` */
export function readSource(file: string): Source {
  let text: string
  try {
    text = readTextFile(file)
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
  const errors = [
    ...document.errors.map(({ pos, message }) => ({ at: pos[0], message })),
    ...(document.errors.length > 0 ? [] : wrongAliasesIn(document)),
  ]
  if (errors.length > 0) {
    throw new DevenvError(
      ...errors.map(({ at, message }) => ({
        code: 'definition-unreadable' as const,
        place: { file, line: lines.linePos(at).line },
        detail: message.split('\n')[0]?.replace(/:$/, '') ?? '',
      })),
    )
  }
  return {
    file,
    value: plainValueOf(document, file),
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

/** Aliases of nothing, and those that stand in what they are an alias of: a circle, which has no end. */
function wrongAliasesIn(document: Document): { at: number; message: string }[] {
  const wrong: { at: number; message: string }[] = []
  visit(document, {
    Alias(_, alias, path) {
      const named = alias.resolve(document)
      const at = alias.range?.[0] ?? 0
      if (named === undefined) wrong.push({ at, message: `No anchor &${alias.source} stands before *${alias.source}` })
      else if (path.includes(named))
        wrong.push({ at, message: `*${alias.source} stands inside &${alias.source}: that is a circle` })
    },
  })
  return wrong
}

/** What only shows where aliases are replaced: too many of them, or `<<` of what is no map. */
function plainValueOf(document: Document, file: string): unknown {
  try {
    return document.toJS()
  } catch (error) {
    throw new DevenvError({ code: 'definition-unreadable', place: { file }, detail: (error as Error).message })
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
