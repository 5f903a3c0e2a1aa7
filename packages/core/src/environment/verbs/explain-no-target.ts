import { nearest } from '../../problem/nearest.js'

/** What a mistyped target may have meant, and which there are, each once. Pure. */
export function explainNoTarget(target: string, known: readonly string[], commands: readonly string[]): string {
  const all = [...new Set(known)].sort()
  const near = commands.includes(target) ? undefined : nearest(target, all)
  const command = commands.includes(target) ? `; \`devenv ${target}\` is a command of devenv.` : '.'
  return `there is no target ${target}${near === undefined ? command : `; did you mean ${near}?`} There are: ${all.join(', ')}. \`devenv make --list\` says what they do`
}
