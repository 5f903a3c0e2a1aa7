/** The patterns of a `.dockerignore`, in order. Pure. */
export const parsePatterns = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim().replace(/^!\s+/, '!'))
    .filter((line) => line !== '' && !line.startsWith('#'))

/** The part of a pattern before its first wildcard's segment: `requirements/*.txt` is `requirements`. Pure. */
export function literalStart(pattern: string): string {
  const segments = pattern
    .replace(/^\.?\//, '')
    .replace(/\/$/, '')
    .split('/')
  const wild = segments.findIndex((segment) => /[*?[\\]/.test(segment))
  return (wild < 0 ? segments : segments.slice(0, wild)).join('/')
}
