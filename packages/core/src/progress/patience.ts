import type { Report } from './progress.js'

/** A wait for what others do. `of`: what has not happened yet, `the registry ghcr.io has not answered`. */
export type Wait = { of: string; seconds: number; late: () => Error }

/** Milliseconds after which a person is told. */
const TOLD_AFTER = 5000

let report: Report = () => {}
/** From now on, waits that take long are told here: who waits is far below whoever has a terminal. */
export const tellWaits = (to: Report): void => {
  report = to
}

/** Waits that were told and go on: of several at once for the same, one is told. */
const told = new Set<string>()

/**
 * Does something that others may hold up: who waits more than a few seconds is told for what, and how long at most.
 * After that, `work` is aborted.
 * @param wait `seconds` may be Infinity
 * @throws what `late` says
 */
export async function within<T>(wait: Wait, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { of, seconds, late } = wait
  const ending = new AbortController()
  const text = `${of} yet; devenv waits for it${Number.isFinite(seconds) ? `, at most ${seconds} s` : ''}`
  const telling = setTimeout(() => {
    if (!told.has(text)) report({ kind: 'note', text })
    told.add(text)
  }, TOLD_AFTER)
  let limit: NodeJS.Timeout | undefined
  const end = new Promise<never>((_resolve, reject) => {
    if (!Number.isFinite(seconds)) return
    limit = setTimeout(() => {
      reject(late())
      ending.abort()
    }, seconds * 1000)
  })
  try {
    return await Promise.race([work(ending.signal), end])
  } finally {
    clearTimeout(telling)
    clearTimeout(limit)
    told.delete(text)
  }
}
