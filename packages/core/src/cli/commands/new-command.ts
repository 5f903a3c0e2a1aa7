import { existsSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { Option } from 'commander'
import { DevenvError } from '../../problem/problem.js'
import type { Kind } from '../../scaffold/look-into-checkout.js'
import { type Add, say } from '../opening.js'
import { version } from '../version.js'

type Options = {
  checkout?: string
  directory?: string
  kind?: Kind
  port?: string
  repository?: string
  branch?: string
  with?: string
}

export const newCommand: Add = (program) =>
  program
    .command('new')
    .argument('<service>', 'its name, as in @devenv/<service>')
    .summary('write the environment package of a new service')
    .description(
      'Writes the environment package of a new service: what its checkout tells, or you do, and else what is usual. Prints\nwhat it guessed, and what is left to do. docs/add-a-service.md goes on from there.',
    )
    .option('--checkout <path>', 'a clone of the service to look into; nothing of it runs')
    .option('--directory <path>', 'where to write it; default: packages/<service> beside core, else <service>')
    .addOption(new Option('--kind <kind>', 'what the service is written in').choices(['django', 'ruby', 'node']))
    .option('--port <port>', 'the port of its web server')
    .option('--repository <url>', 'its repository; default: the remote `origin` of the checkout')
    .option('--branch <name>', 'the branch that images are built from')
    .option('--with <servers>', 'the third-party servers that it needs: mysql:8.4.9,redis')
    .action(async (service: string, options: Options) => {
      const { createPackage } = await import('../new.js')
      // In our repository, whose workspaces npm has to know.
      const beside = options.directory === undefined && existsSync('packages/core')
      const directory = options.directory ?? (beside ? `packages/${service}` : service)
      if (!/^[a-z][a-z0-9-]*$/.test(service))
        throw new DevenvError({
          code: 'usage',
          detail: `a service is called with small letters, digits and hyphens, and "${service}" is not`,
          see: 'devenv new --help',
        })
      const servers = options.with?.split(/[\s,]+/).filter((name) => name !== '')
      requirePlausible(options, servers ?? [])
      const { files, guesses, left } = await createPackage(resolve(directory), {
        ...options,
        service,
        version: version(),
        servers,
      })
      const shown = relative(process.cwd(), resolve(directory)) || '.'
      for (const file of files) say(`wrote ${shown}/${file}`)
      for (const [title, lines] of [
        ['Guessed:', guesses],
        ['Left to do:', left],
      ] as const)
        if (lines.length > 0) for (const line of ['', title, ...lines.map((each) => `  ${each}`)]) say(line)
      const install = beside ? ['  npm install'] : []
      for (const line of ['', 'Then:', ...install, `  devenv check --package ${shown}`]) say(line)
    })

/** @throws DevenvError `usage` for what a Compose file could not hold */
function requirePlausible({ port, repository, branch }: Options, servers: readonly string[]): void {
  const refuse = (detail: string) => {
    throw new DevenvError({ code: 'usage', detail, see: 'devenv new --help' })
  }
  if (port !== undefined && !(/^\d+$/.test(port) && Number(port) > 0 && Number(port) < 65536))
    refuse(`--port takes a port, and "${port}" is none`)
  if (repository !== undefined && !/^[\w@%+=:,./~-]+$/.test(repository))
    refuse(`--repository takes the address of a git repository, and "${repository}" is none`)
  if (branch !== undefined && !/^[\w.+/-]+$/.test(branch))
    refuse(`--branch takes the name of a branch, and "${branch}" is none`)
  const odd = servers.find((server) => !/^[a-z]+(:[\w][\w.-]*)?$/.test(server))
  if (odd !== undefined)
    refuse(`--with takes servers, each with a tag where you want one (mysql:8.4.9), and "${odd}" is none`)
  const names = servers.map((server) => server.split(':')[0])
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) refuse(`--with names ${twice} twice`)
}
