// @ts-check
// Every folder with a compose.yaml is an environment package, and every command of devenv a target of it:
// `nx run discovery:watch`. Nothing here is cached: what an engine or a registry holds is not Nx's to remember.
import { readFileSync } from 'node:fs'
import { dirname, posix } from 'node:path'

const COMMANDS = [
  'watch',
  'shell',
  'make',
  'exec',
  'debug',
  'start',
  'stop',
  'open',
  'clean',
  'provision',
  'status',
  'logs',
  'image',
  'publish',
  'data',
  'explain',
  'graph',
  'digest',
  'lock',
  'check',
  'init',
  'editor',
]
const DEVENV = 'packages/core/bin/devenv.js'

/** @type {[string, (files: readonly string[], options: unknown, context: { workspaceRoot: string }) => unknown]} */
export const createNodes = [
  '{packages/*,examples/*/environment}/compose.yaml',
  (files, _options, { workspaceRoot }) =>
    files.map((file) => {
      const root = dirname(file)
      const inputs = ['default', '^default', ...checkoutHere(root, readFileSync(`${workspaceRoot}/${file}`, 'utf8'))]
      /** @param {string} command @param {boolean} tty */
      const running = (command, tty) => ({
        executor: 'nx:run-commands',
        cache: false,
        dependsOn: [{ projects: 'core', target: 'build' }],
        inputs,
        options: { cwd: '{workspaceRoot}', command, forwardAllArgs: true, tty },
      })
      const folder = JSON.stringify(root)
      // Without --checkout: the package’s usual one.
      const targets = Object.fromEntries(
        COMMANDS.map((command) => [command, running(`node ${DEVENV} --package ${folder} ${command}`, true)]),
      )
      const seeds = running(`node tools/ci/seeds.mjs ${folder}`, false)
      const { private: isPrivate } = JSON.parse(readFileSync(`${workspaceRoot}/${root}/package.json`, 'utf8'))
      // What a package keeps to itself is published neither to npm nor as an image, unless somebody names it.
      return [file, { projects: { [root]: { targets: { ...targets, seeds }, tags: isPrivate ? ['private'] : [] } } }]
    }),
]

/**
 * The package’s usual checkout, where it is a folder of this repository: what changes in it changes the image, and
 * Nx would count it to the root.
 * @param {string} root
 * @param {string} compose
 */
function checkoutHere(root, compose) {
  const usual = /\$\{DEVENV_CHECKOUT:-([^}]+)\}/.exec(compose)?.[1] ?? '..'
  const checkout = posix.join(root, usual)
  return checkout.startsWith('..') ? [] : [`{workspaceRoot}/${checkout}/**/*`]
}
