// @ts-check
// Every folder with a compose.yaml is an environment package, and every command of devenv a target of it:
// `nx run discovery:watch`. Nothing here is cached: what an engine holds is not Nx's to remember.
import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

const COMMANDS = [
  'watch',
  'shell',
  'make',
  'exec',
  'debug',
  'start',
  'stop',
  'clean',
  'status',
  'logs',
  'check',
  'init',
]
const DEVENV = 'packages/core/bin/devenv.js'

/**
 * The checkout of a service: a folder `service` beside the package (an example has one), else a clone of the
 * service's repository beside this one.
 * @param {string} root of the workspace
 * @param {string} project
 */
function usualCheckout(root, project) {
  const beside = join(dirname(project), 'service')
  if (existsSync(join(root, beside))) return beside
  const repository = /^ {2}repository: *["']?([^\s"'#]+)/m.exec(
    readFileSync(join(root, project, 'compose.yaml'), 'utf8'),
  )?.[1]
  return join('..', basename(repository ?? basename(project), '.git'))
}

/** @type {[string, (files: readonly string[], options: unknown, context: { workspaceRoot: string }) => unknown]} */
export const createNodes = [
  '{packages/*,examples/*/environment}/compose.yaml',
  (files, _options, { workspaceRoot }) =>
    files.map((file) => {
      const root = dirname(file)
      const checkout = usualCheckout(workspaceRoot, root)
      const targets = Object.fromEntries(
        COMMANDS.map((command) => [
          command,
          {
            executor: 'nx:run-commands',
            cache: false,
            options: {
              cwd: '{workspaceRoot}',
              // A --checkout that is given comes last and counts.
              command: `node ${DEVENV} --package ${JSON.stringify(root)} --checkout ${JSON.stringify(checkout)} ${command}`,
              forwardAllArgs: true,
              tty: true,
            },
          },
        ]),
      )
      return [file, { projects: { [root]: { targets } } }]
    }),
]
