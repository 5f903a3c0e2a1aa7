// @ts-check
// What was seen, as a README shows it. Pure.

/** @typedef {import('./run-steps.mjs').Result} Result */

/**
 * @typedef {{
 *   service: string
 *   date: string
 *   checkout: string
 *   devenv: string
 *   machine: string
 *   engine: string
 *   images: string
 *   settings: readonly string[]
 *   excused: ReadonlyMap<string, number>
 * }} Circumstances
 */

/**
 * @param {readonly Result[]} results
 * @param {Circumstances} circumstances
 */
export function renderReport(results, { service, date, checkout, devenv, machine, engine, images, settings, excused }) {
  const passed = results.filter(({ outcome }) => outcome === 'passed').length
  const lines = [
    `\`make accept SERVICE=${service}\`, ${date}: ${passed} of ${results.length} steps passed.`,
    '',
    `- checkout: ${checkout}`,
    `- devenv: ${devenv}`,
    `- machine: ${machine}`,
    `- engine: ${engine}`,
    `- images: ${images}`,
    ...(settings.length > 0 ? [`- settings: ${settings.map((setting) => `\`${setting}\``).join(', ')}`] : []),
    '',
    '| Step | Outcome | Time | Seen |',
    '|---|---|---|---|',
    ...results.map(renderRow),
  ]
  if (excused.size > 0)
    lines.push('', 'Known errors of pages:', '', ...[...excused].map(([why, times]) => `- ${why} (${times})`))
  return `${lines.join('\n')}\n`
}

/** @param {Result} result */
function renderRow(result) {
  const cells = [result.title, result.outcome, ...detailsOf(result)]
  return `| ${cells.map(escapeCell).join(' | ')} |`
}

/** @param {Result} result @returns {[string, string]} */
function detailsOf(result) {
  switch (result.outcome) {
    case 'passed':
      return [renderSeconds(result.seconds), result.seen]
    case 'failed':
      return [renderSeconds(result.seconds), result.problem.split('\n')[0] ?? '']
    case 'not reached':
      return ['', `needs “${result.because}”`]
  }
}

/** @param {string} text */
const escapeCell = (text) => text.replaceAll('|', '\\|').replaceAll('\n', ' ')

/** @param {number} seconds */
export function renderSeconds(seconds) {
  if (seconds < 10) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`
}
