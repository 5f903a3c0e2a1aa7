/** What a long command tells while it works. Rendered in one place, `cli/render-progress.ts`. */
export type Progress =
  | { kind: 'begin'; step: string; because: string | undefined }
  | { kind: 'end'; step: string; seconds: number }
  /** Output of a step. */
  | { kind: 'line'; step: string; line: string }
  /** The step is still waiting: for what, and the last lines of its log. */
  | { kind: 'waiting'; step: string; seconds: number; on: string; log: readonly string[] }
  | { kind: 'note'; text: string }

export type Report = (progress: Progress) => void

/** Runs a step between its `begin` and its `end`. */
export async function step<T>(
  report: Report,
  name: string,
  because: string | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const began = performance.now()
  report({ kind: 'begin', step: name, because })
  const result = await work()
  report({ kind: 'end', step: name, seconds: (performance.now() - began) / 1000 })
  return result
}
