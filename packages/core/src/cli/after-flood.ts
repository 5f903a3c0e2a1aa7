/** So long has nothing to come, that a flood has ended. */
const QUIET_MS = 1000

/**
 * Tells something again, once, when `rows` lines have gone over it and then no more come: what was told first is above the
 * screen by then.
 * @returns what to call at each line, and what ends it
 */
export function afterFlood(rows: number, tell: () => void): { onLine: () => void; end: () => void } {
  let lines = 0
  let timer: NodeJS.Timeout | undefined
  const end = () => clearTimeout(timer)
  const tellOnce = () => {
    timer = undefined
    lines = Number.NEGATIVE_INFINITY
    tell()
  }
  const onLine = () => {
    lines++
    if (timer !== undefined) timer.refresh()
    else if (lines >= rows) timer = setTimeout(tellOnce, QUIET_MS)
  }
  return { onLine, end }
}
