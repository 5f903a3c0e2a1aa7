import type { Progress, Report } from '../progress/progress.js'
import { asTyped } from './as-typed.js'

/**
 * Shows progress on stderr. In a terminal the running step's last line moves in place; elsewhere every line
 * stands for itself.
 */
export function progressTo(stderr: NodeJS.WriteStream): Report {
  const terminal = !keepsLines(stderr)
  let open = false
  const clear = () => {
    if (open) stderr.write('\r\u001b[K')
    open = false
  }
  return (progress) => {
    clear()
    if (terminal && progress.kind === 'line') {
      stderr.write(`  ${progress.step}: ${progress.line}`.slice(0, (stderr.columns ?? 80) - 1))
      open = true
      return
    }
    // A server may write lines of a thousand letters while it begins.
    const width = terminal && progress.kind === 'waiting' ? (stderr.columns ?? 80) : undefined
    for (const line of renderProgress(progress)) stderr.write(`${line.slice(0, width)}\n`)
  }
}

/** Whether each line of a step's output stays where it was printed. */
export const keepsLines = (stderr: NodeJS.WriteStream): boolean => stderr.isTTY !== true || process.env.TERM === 'dumb'

/** Pure, but for how devenv is typed here. */
export function renderProgress(progress: Progress): string[] {
  switch (progress.kind) {
    case 'begin':
      return progress.because === undefined ? [] : [`• ${progress.step}: ${progress.because}`]
    case 'end':
      return [`✓ ${progress.step} (${progress.seconds.toFixed(1)} s)`]
    case 'line':
      return [`  ${progress.step}: ${progress.line}`]
    case 'waiting':
      return [
        `… ${progress.step} is not ready yet, after ${Math.round(progress.seconds)} s: ${progress.on}`,
        ...progress.log.map((line) => `    ${line}`),
      ]
    case 'note':
      return [`devenv: ${asTyped(progress.text)}`]
    default:
      return progress satisfies never
  }
}
