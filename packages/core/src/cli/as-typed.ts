import { existsSync, realpathSync } from 'node:fs'
import { relative } from 'node:path'
import { quoted } from '../problem/quoted.js'

/** How a person calls devenv where it runs now. `options` are make's variables that name a service and a checkout there. */
export type Form =
  | { do: 'command'; words: string }
  | { do: 'make'; make: string; variables: string; options: readonly string[] }

/** What tells the form. `make` and its fellows are what make/devenv.mk and this repository's Makefile hand down. */
export type Called = {
  /** The program that runs, as in `process.argv[1]`. */
  script: string
  /** What stands behind it. */
  words: readonly string[]
  directory: string
  /** The variables that were typed to make, each quoted; `undefined` where no make called. */
  make: string | undefined
  /** Where make was typed. */
  from: string | undefined
  options: string | undefined
}

/**
 * How `devenv` is typed here. A checkout that `devenv init` has prepared has it in `devenv/node_modules`, and on
 * no PATH; a bare `npx devenv` would fetch somebody else's package. Pure.
 */
export function formOf({ script, words, directory, make, from, options }: Called): Form {
  if (make !== undefined) {
    const elsewhere = from !== undefined && from !== '' && from !== directory
    return {
      do: 'make',
      make: elsewhere ? `make -C ${quoted(directory)}` : 'make',
      variables: plain(make),
      options: (options ?? '').split(' ').filter(Boolean),
    }
  }
  const named = words.slice(0, numberOfGlobals(words)).map((word) => ` ${quoted(word)}`)
  const folder = /^(.*\/devenv)\/node_modules\//.exec(script)?.[1]
  if (folder !== undefined)
    return {
      do: 'command',
      words: `npx --prefix ${quoted(relative(directory, folder) || '.')} devenv${named.join('')}`,
    }
  // As in `npx @devenv/hello init`, before a checkout has anything.
  const service = /\/node_modules\/\.bin\/devenv-([\w.-]+)$/.exec(script)?.[1]
  if (service !== undefined) return { do: 'command', words: `npx @devenv/${service}${named.join('')}` }
  const program = script.endsWith('.js') ? `node ${quoted(nearer(directory, script))}` : 'devenv'
  return { do: 'command', words: `${program}${named.join('')}` }
}

/** How many words name a checkout or a package before the command's name: the next command needs them too. */
function numberOfGlobals(words: readonly string[]): number {
  let count = 0
  for (;;) {
    const word = words[count] ?? ''
    if (/^--(checkout|package)$/.test(word)) count += 2
    else if (/^--((checkout|package)=|offline$)/.test(word)) count += 1
    else return count
  }
}

const nearer = (from: string, path: string): string => {
  const way = relative(from, path)
  return way.startsWith('../../') ? path : way || '.'
}

const COMMAND =
  /(?<![\w@/.-])devenv (--help|(?:check|clean|completion|data|debug|digest|doctor|editor|exec|explain|graph|image|init|list|lock|logs|make|new|open|provision|prune|publish|shell|start|status|stop|watch)\b(?![\w-]))((?: (?:'[^'\n]*'|[^\s'`;()…]|\[[^\]\n]*\])+)*)/g

/** The three that OEP-5 names. */
const OEP5 = ['watch', 'shell', 'clean']
/** What `make dev.<name>` is of devenv’s own; a target that is called so is reached by another command. */
const GOALS = [...OEP5, 'help']

/**
 * A message whose commands a person can copy. A command's words end at a backtick, a bracket, `;`, two blanks, or with
 * a comma, a colon or a full stop behind a word. Pure but for its default.
 */
export const asTyped = (text: string, form: Form = here()): string => {
  const options = form.do === 'make' ? form.options : []
  return text
    .replace(COMMAND, (_, command: string, behind: string) => {
      const [, words = behind, rest = ''] = /^(.*?\S)([,:.](?: .*)?)$/s.exec(behind) ?? []
      return `${form.do === 'command' ? `${form.words} ${command}${words}` : madeOf(form, command, words.trim())}${rest}`
    })
    .replace(/--checkout[= ]/g, options.includes('CHECKOUT') ? 'CHECKOUT=' : '$&')
    .replace(/--package PATH/g, options.includes('SERVICE') ? 'SERVICE=NAME' : '$&')
}

function madeOf({ make, variables, options }: Form & { do: 'make' }, command: string, words: string): string {
  const named = variables === '' ? '' : ` ${variables}`
  if (command === '--help' || words === '--list') return `${make} dev.help${named}`
  if (command === 'make' && !GOALS.includes(words.split(' ')[0] ?? ''))
    return words === '' ? `${make} dev.TARGET${named}` : `${make} dev.${words}${named}`
  const goal = `${OEP5.includes(command) ? 'dev' : 'devenv'}.${command}`
  const checkout = options.includes('CHECKOUT') ? /^--checkout[= ](\S+)$/.exec(words)?.[1] : undefined
  if (checkout !== undefined)
    return `${make} ${goal}${named.replace(/ CHECKOUT=('[^']*'|\S+)/, '')} CHECKOUT=${checkout}`
  // Make expands `$` once more.
  return `${make} ${goal}${named}${words === '' ? '' : ` ARGS=${quoted(words.replaceAll('$', '$$$$'))}`}`
}

const plain = (words: string): string => words.replace(/'([\w@%+=:,./-]+)'/g, '$1').trim()

/** As the kernel tells our own folder, without links. */
const physical = (path = ''): string => (path !== '' && existsSync(path) ? realpathSync(path) : path)

/** Where we are; `undefined` where that was removed. */
export function currentFolder(): string | undefined {
  try {
    return process.cwd()
  } catch {
    return undefined
  }
}

const here = (): Form =>
  formOf({
    script: process.argv[1] ?? '',
    words: process.argv.slice(2),
    directory: currentFolder() ?? '/',
    make: process.env.DEVENV_MAKE,
    from: physical(process.env.DEVENV_MAKE_FROM),
    options: process.env.DEVENV_MAKE_OPTIONS,
  })
