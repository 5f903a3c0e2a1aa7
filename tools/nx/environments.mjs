// @ts-check
// Every folder with a compose.yaml is an environment package, and every command of devenv a target of it:
// `nx run discovery:watch`. Nothing here is cached: what an engine holds is not Nx's to remember.
import { dirname } from 'node:path'

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

/** @type {[string, (files: readonly string[], options?: unknown) => unknown]} */
export const createNodes = [
  '{packages/*,examples/*/environment}/compose.yaml',
  (files) =>
    files.map((file) => {
      const root = dirname(file)
      const targets = Object.fromEntries(
        COMMANDS.map((command) => [
          command,
          {
            executor: 'nx:run-commands',
            cache: false,
            options: {
              cwd: '{workspaceRoot}',
              // Without --checkout: the package’s usual one.
              command: `node ${DEVENV} --package ${JSON.stringify(root)} ${command}`,
              forwardAllArgs: true,
              tty: true,
            },
          },
        ]),
      )
      return [file, { projects: { [root]: { targets } } }]
    }),
]
