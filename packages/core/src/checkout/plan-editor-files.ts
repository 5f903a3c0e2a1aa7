import { nameOf, type Part } from './merge-entries.js'

/** The languages whose programs an editor can attach to (container/bin/with-debugger). */
export type Language = 'python' | 'node' | 'ruby'

/** What an editor runs. `inside`: the shell line for a window that is in the container itself, where there is no devenv. */
export type EditorTask = {
  name: string
  outside: string
  inside?: string | undefined
  kind: 'once' | 'test' | 'lasting'
}

/** What an editor is told of an environment. Everything is the same in every clone of a checkout. */
export type EditorFacts = {
  service: string
  /** Of the Compose project. */
  primary: string
  /** The folder of the checkout in the container. */
  code: string
  /** Whom the container runs its programs as: whoever owns the checkout, or a user that the package names. */
  user: 'owner' | 'named'
  languages: readonly Language[]
  tasks: readonly EditorTask[]
  /** Those that the checkout recommends. */
  extensions: readonly string[]
  /** The shell line that starts the environment for a window in its container. */
  startLine: string
}

/**
 * A file of the checkout, and what of it is devenv's: parts of it, where `heading` is what a new one begins with; or all of it, where
 * `isOurs` tells by its text whether one that is there is.
 */
export type EditorFile = { path: string } & (
  | { heading: string; parts: readonly Part[] }
  | { text: string; isOurs: (text: string) => boolean }
)

/** What entries of devenv are called; all else in these files is a person's. */
const OURS = 'devenv: '
const isOurs = (entry: unknown): boolean => nameOf(entry).startsWith(OURS)

/** Whether a definition of a container is devenv's. Pure. */
export const isOurContainer = (name: unknown): boolean => String(name).startsWith(OURS)

/** By which an editor finds the environment's containers: a link to the Compose file that is kept in the data directory. */
export const COMPOSE_LINK = '.devcontainer/devenv.compose.json'

/** Where the debugger of an editor looks first, as `devenv debug --listen` offers it. */
const PORT = 5678

const HEADING = '// `devenv editor vscode` keeps the entries whose name begins with "devenv: "; the others are yours.\n'

/**
 * The files for VS Code. `container`: where its definition lies, which is elsewhere if the checkout has one of its own. Pure.
 */
export const planEditorFiles = (facts: EditorFacts, container: string): Extract<EditorFile, { heading: string }>[] => [
  {
    path: container,
    heading: '// `devenv editor vscode` keeps what it has written here; what you add stays.\n',
    parts: containerParts(facts, '../'.repeat(container.split('/').length - 2)),
  },
  {
    path: '.vscode/tasks.json',
    heading: HEADING,
    parts: [
      { at: ['version'], value: '2.0.0' },
      { at: ['tasks'], entries: facts.tasks.map(taskOf), isOurs },
    ],
  },
  {
    path: '.vscode/launch.json',
    heading: HEADING,
    parts: [
      { at: ['version'], value: '0.2.0' },
      { at: ['configurations'], entries: facts.languages.flatMap((language) => attachments(language, facts)), isOurs },
    ],
  },
]

/**
 * Without `up`: whoever opens the container finds it running, since `initializeCommand` starts it. What would make another of it is off
 * (https://containers.dev/implementors/json_reference).
 */
function containerParts(facts: EditorFacts, up: string): Part[] {
  const values = {
    name: `${OURS}${facts.service}`,
    initializeCommand: facts.startLine,
    // For “Rebuild Container”, which makes a container of its own: it holds its programs until somebody releases them.
    postStartCommand: '[ -e /run/devenv/released ] || /opt/devenv/bin/release',
    dockerComposeFile: `${up}${COMPOSE_LINK.split('/').at(-1)}`,
    service: facts.primary,
    workspaceFolder: facts.code,
    ...(facts.user === 'owner' && { remoteUser: 'app' }),
    overrideCommand: false,
    updateRemoteUserUID: false,
    shutdownAction: 'none',
    // They answer on this machine already, under the numbers that the service knows of itself.
    otherPortsAttributes: { onAutoForward: 'ignore' },
  }
  const wanted = [...new Set([...facts.languages.flatMap((language) => EXTENSIONS[language]), ...facts.extensions])]
  return [
    ...Object.entries(values).map(([name, value]) => ({ at: [name], value })),
    { at: ['customizations', 'vscode', 'extensions'], entries: wanted, isOurs: (entry) => wanted.includes(`${entry}`) },
  ]
}

/** What an editor attaches with. Node's debugger is VS Code's own. */
const EXTENSIONS: { readonly [language in Language]: readonly string[] } = {
  python: ['ms-python.python', 'ms-python.debugpy'],
  node: [],
  ruby: ['KoichiSasada.vscode-rdbg'],
}

function taskOf({ name, outside, inside, kind }: EditorTask) {
  return {
    label: `${OURS}${name}`,
    type: 'shell',
    command: inside === undefined ? outside : `[ -z "$DEVENV_CONTAINER" ] || exec ${inside}; ${outside}`,
    ...(kind === 'test' && { group: 'test' }),
    ...(kind === 'lasting' && { isBackground: true }),
    problemMatcher: [],
  }
}

/** A program is attached to again after a save; tests come once. */
function attachments(language: Language, { code }: Pick<EditorFacts, 'code'>) {
  const configuration = ATTACHMENT[language](code)
  const called = { python: 'Python', node: 'Node', ruby: 'Ruby' }[language]
  return [
    { name: `${OURS}attach to a program (${called})`, ...configuration, ...(language !== 'ruby' && { restart: true }) },
    { name: `${OURS}attach to tests (${called})`, ...configuration },
  ]
}

const roots = (code: string) => ({
  // biome-ignore lint/suspicious/noTemplateCurlyInString: VS Code's own variable
  localRoot: '${workspaceFolder}',
  remoteRoot: code,
})

/**
 * https://code.visualstudio.com/docs/python/debugging, https://code.visualstudio.com/docs/nodejs/nodejs-debugging,
 * https://github.com/ruby/vscode-rdbg
 */
const ATTACHMENT: { readonly [language in Language]: (code: string) => object } = {
  python: (code) => ({
    type: 'debugpy',
    request: 'attach',
    connect: { host: 'localhost', port: PORT },
    pathMappings: [roots(code)],
  }),
  node: (code) => ({ type: 'node', request: 'attach', address: 'localhost', port: PORT, ...roots(code) }),
  ruby: (code) => ({
    type: 'rdbg',
    request: 'attach',
    debugPort: `localhost:${PORT}`,
    localfsMap: `${code}:${roots(code).localRoot}`,
  }),
}

/** The language of a program, by the command that supervisord runs; of scripts it cannot tell. Pure. */
export function languageOf(command: string): Language | undefined {
  const words = command.split(/\s+/).map((word) => word.split('/').at(-1) ?? word)
  const isOneOf = (pattern: RegExp) => words.some((word) => pattern.test(word))
  if (isOneOf(/^(django-server|celery-worker|python[\d.]*|gunicorn|uvicorn|celery|flask)$/)) return 'python'
  if (isOneOf(/^(node|npm|npx|yarn|webpack)$/)) return 'node'
  if (isOneOf(/^(ruby|bundle|rake|unicorn|puma|rackup|rails|sidekiq)$/)) return 'ruby'
  return undefined
}
