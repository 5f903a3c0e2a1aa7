import { DevenvError } from '../../problem/problem.js'
import type { ProgramChoice } from '../../settings/settings.js'

/** Choices hold each name once, in order. Pure. */
export const isSameChoice = (one: ProgramChoice, other: ProgramChoice): boolean => String(one) === String(other)

/** @throws DevenvError `programs-unknown` */
export function requirePrograms(choice: ProgramChoice, known: readonly string[]): void {
  const names = choice === 'all' ? [] : choice.filter((name) => !known.includes(name))
  if (names.length > 0) throw new DevenvError({ code: 'programs-unknown', names, known })
}

/** As a command line or a sentence names it. Pure. */
export const wordsOf = (choice: ProgramChoice): string => (choice === 'all' ? 'all' : choice.join(','))
