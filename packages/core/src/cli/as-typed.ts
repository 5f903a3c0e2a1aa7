import { relative } from 'node:path'

const COMMANDS =
  /(?<![\w@/.-])devenv (?=(?:check|clean|debug|digest|doctor|exec|explain|image|init|list|lock|logs|make|provision|prune|publish|shell|start|status|stop|watch)\b)/g

/**
 * How a person types `devenv` here. A checkout that `devenv init` has prepared has it in `devenv/node_modules`, and on
 * no PATH; a bare `npx devenv` would fetch somebody else's package. Pure.
 * @param script the program that runs, as in `process.argv[1]`
 */
export function formOf(script: string, directory: string): string {
  const folder = /^(.*\/devenv)\/node_modules\//.exec(script)?.[1]
  if (folder === undefined) return 'devenv'
  const prefix = relative(directory, folder) || '.'
  return `npx --prefix ${/^[\w@%+=:,./-]+$/.test(prefix) ? prefix : `'${prefix.replaceAll("'", "'\\''")}'`} devenv`
}

/** A message whose commands a person can copy. Pure. */
export const asTyped = (text: string, form: string = formOf(process.argv[1] ?? '', process.cwd())): string =>
  text.replace(COMMANDS, () => `${form} `)
