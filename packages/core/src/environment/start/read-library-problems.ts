import type { Container } from '../../engine/containers.js'
import type { Engine } from '../../engine/engine.js'
import { captureInside } from '../../engine/execs.js'
import { renderProblem } from '../../problem/explain-problem.js'
import type { Problem } from '../../problem/problem.js'
import type { Context } from '../context.js'
import { asOwner, LIBRARIES_COMMAND } from '../inside/tools.js'
import { type Library, placeOfLibrary } from '../project/libraries.js'

/** What a container says of a library (packages/core/container/bin/libraries). */
type Told = { path: string; broken: string | null; missing: readonly string[]; install: string | null }

export type LibraryProblem = Problem & { code: 'library-broken' | 'library-lacks' }

/** What keeps a container from having its libraries as they are: each that it could not install, or that lacks another package. */
export async function readLibraryProblems(
  engine: Engine,
  { id, service }: Container,
  libraries: readonly Library[],
): Promise<LibraryProblem[]> {
  if (libraries.length === 0) return []
  const { lines } = await captureInside(engine, { container: id, argv: asOwner(LIBRARIES_COMMAND), user: 'root' })
  return problemsOf(parseTold(lines), service, libraries)
}

/** Tells a person of them. */
export async function tellLibraryProblems(
  { engine, report }: Pick<Context, 'engine' | 'report'>,
  container: Container,
  libraries: readonly Library[],
): Promise<void> {
  const problems = await readLibraryProblems(engine, container, libraries)
  for (const problem of problems) report({ kind: 'note', text: renderProblem(problem) })
}

/** Pure. An answer that nobody understands is none. */
function parseTold(lines: readonly string[]): readonly Told[] | undefined {
  try {
    return JSON.parse(lines.at(-1) ?? '')
  } catch {
    return undefined
  }
}

/** Pure. */
export const problemsOf = (
  told: readonly Told[] | undefined,
  service: string,
  libraries: readonly Library[],
): LibraryProblem[] =>
  libraries.flatMap((library): LibraryProblem[] => {
    const { name, checkout } = library
    const found = told?.find(({ path }) => path === placeOfLibrary(library))
    const detail = found === undefined ? 'the container does not tell what became of it' : found.broken
    if (detail !== null && detail !== undefined) return [{ code: 'library-broken', name, checkout, service, detail }]
    const { missing = [], install = null } = found ?? {}
    return missing.length === 0 ? [] : [{ code: 'library-lacks', name, service, missing, install }]
  })
