import { isDeepStrictEqual } from 'node:util'
import {
  applyEdits,
  createScanner,
  findNodeAtLocation,
  type JSONPath,
  modify,
  type Node,
  type ParseError,
  parse,
  parseTree,
  printParseErrorCode,
} from 'jsonc-parser'

/**
 * A part of a settings file that is devenv's: a value of its own, or entries of a list in which a person may have others. `isOurs` tells
 * those apart; an entry is known by its `name` or `label`, a text by itself.
 */
export type Part =
  | { at: JSONPath; value: unknown }
  | { at: JSONPath; entries: readonly unknown[]; isOurs: (entry: unknown) => boolean }

/** Why a file cannot be merged into, with the line that tells. */
export class UnmergeableText extends Error {
  constructor(
    message: string,
    readonly line: number | undefined,
  ) {
    super(message)
  }
}

/**
 * JSON with comments, with our parts in it as they are wanted: everything else stays as it is written, comments and indentation
 * too. What is in it already changes nothing. Pure.
 * @throws UnmergeableText
 */
export function mergeParts(text: string, parts: readonly Part[]): string {
  requireObject(text)
  return parts.reduce((merged, part) => ('value' in part ? mergeValue(merged, part) : mergeList(merged, part)), text)
}

function requireObject(text: string): void {
  const [error] = errorsOf(text)
  if (error !== undefined) throw new UnmergeableText(error.what, error.line)
  const value = read(text)
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new UnmergeableText('It is not a JSON object.', undefined)
}

function errorsOf(text: string): { what: string; line: number }[] {
  const errors: ParseError[] = []
  parse(text, errors, { allowTrailingComma: true })
  return errors.map(({ error, offset }) => ({
    what: printParseErrorCode(error),
    line: text.slice(0, offset).split('\n').length,
  }))
}

const read = (text: string): unknown => parse(text, [], { allowTrailingComma: true })

/** What stands at a path; `undefined` where there is nothing. Pure. */
export const valueAt = (text: string, at: JSONPath): unknown =>
  at.reduce<unknown>((value, key) => (value as Record<string | number, unknown> | undefined)?.[key], read(text))

const mergeValue = (text: string, { at, value }: { at: JSONPath; value: unknown }): string =>
  isDeepStrictEqual(valueAt(text, at), value) ? text : change(text, at, value)

function mergeList(text: string, { at, entries, isOurs }: Extract<Part, { entries: readonly unknown[] }>): string {
  const found = valueAt(text, at)
  if (found === undefined) return entries.length === 0 ? text : change(text, at, entries)
  if (!Array.isArray(found)) throw new UnmergeableText(`${at.join('.')} is not a list.`, undefined)
  const ours = found.map((entry: unknown, index) => ({ entry, index })).filter(({ entry }) => isOurs(entry))
  const wanted = new Map(entries.map((entry) => [nameOf(entry), entry]))
  // From the last to the first: the places of the others stay what they are.
  const kept = ours.toReversed().reduce((merged, { entry, index }) => {
    const now = wanted.get(nameOf(entry))
    if (now === undefined) return removeEntry(merged, at, index)
    return isDeepStrictEqual(now, entry) ? merged : change(merged, [...at, index], now)
  }, text)
  const had = new Set(ours.map(({ entry }) => nameOf(entry)))
  return entries
    .filter((entry) => !had.has(nameOf(entry)))
    .reduce<string>((merged, entry) => append(merged, at, entry), kept)
}

/** What an entry of a list is known by. Pure. */
export const nameOf = (entry: unknown): string => {
  if (typeof entry === 'string') return entry
  const { label, name } = (entry ?? {}) as { label?: unknown; name?: unknown }
  return String(label ?? name ?? '')
}

/** Only the entry and one comma: the library's own removal takes comments of others along, and the end of a text in a list of one line. */
function removeEntry(text: string, at: JSONPath, index: number): string {
  const { children = [] } = findNodeAtLocation(parseTree(text) as Node, at) ?? {}
  const [before, entry] = [children[index - 1], children[index]]
  if (entry === undefined) return text
  const end = entry.offset + entry.length
  const comma = commaBehind(text, end) ?? (before && commaBehind(text, before.offset + before.length))
  const blanks = /\r?\n?[ \t]*$/.exec(text.slice(0, entry.offset))?.[0].length ?? 0
  const edits = [{ offset: entry.offset - blanks, length: entry.length + blanks, content: '' }]
  return applyEdits(text, comma === undefined ? edits : [...edits, { offset: comma, length: 1, content: '' }])
}

/** Behind all that is in the list, comments too, which the library would move. */
function append(text: string, at: JSONPath, entry: unknown): string {
  const { children = [], offset = 0, length = 0 } = findNodeAtLocation(parseTree(text) as Node, at) ?? {}
  const last = children.at(-1)
  if (last === undefined) return change(text, at, [entry])
  const [end, close] = [last.offset + last.length, offset + length - 1]
  const { unit, eol } = styleOf(text)
  const inner = text.slice(offset + 1, close)
  const around = /[ \t]*(?=[^\n]*$)/.exec(text.slice(0, offset + 1))?.[0] ?? ''
  const isLine = !inner.includes('\n')
  const behind =
    isLine && typeof entry === 'string'
      ? ` ${JSON.stringify(entry)}`
      : `${`\n${JSON.stringify(entry, null, unit)}`.replaceAll('\n', `${eol}${around}${unit}`)}${isLine ? eol + around : ''}`
  const place = offset + 1 + inner.trimEnd().length
  const comma = commaBehind(text, end) === undefined ? ',' : ''
  return text.slice(0, end) + comma + text.slice(end, place) + behind + text.slice(place)
}

/** Where the comma stands that comes next, comments aside. */
function commaBehind(text: string, offset: number): number | undefined {
  const scanner = createScanner(text, true)
  scanner.setPosition(offset)
  scanner.scan()
  return text[scanner.getTokenOffset()] === ',' ? scanner.getTokenOffset() : undefined
}

function change(text: string, at: JSONPath, value: unknown): string {
  const { unit, eol } = styleOf(text)
  const formattingOptions = { insertSpaces: !unit.startsWith('\t'), tabSize: unit.length, eol }
  return applyEdits(text, modify(text, at, value, { formattingOptions }))
}

const styleOf = (text: string) => ({
  unit: /^[ \t]+(?=\S)/m.exec(text)?.[0] ?? '  ',
  eol: text.includes('\r\n') ? '\r\n' : '\n',
})
