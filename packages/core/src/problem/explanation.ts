import type { Place, Problem } from './problem.js'

/** What happened, why it matters or came to be, and the command or edit that mends it. */
export type Explanation = { what: string; why: string; fix: string }

/** The words for each of some problems. Pure. */
export type Explanations<Some extends Problem> = {
  readonly [Code in Some['code']]: (problem: Extract<Some, { code: Code }>) => Explanation
}

export const placed = ({ file, line }: Place): string => (line === undefined ? file : `${file}:${line}`)

export const indent = (lines: readonly string[]): string =>
  lines.length === 0 ? '  (none)' : lines.map((line) => `  ${line}`).join('\n')
