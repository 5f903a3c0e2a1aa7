import { type Command, Option } from 'commander'
import { engineFrom } from '../engine/engine.js'
import type { Context } from '../environment/context.js'
import type { How } from '../environment/start/observe.js'
import { DevenvError } from '../problem/problem.js'
import { digest, explain, image, lock, publish } from './image-commands.js'
import { type Add, open, openRunning, print, say, sayJson, settingsAtHand, withPrograms, withWhere } from './opening.js'

const watch: Add = (program) =>
  withPrograms(withWhere(program.command('watch')))
    .summary('start the service and show all logs; Ctrl-C closes the view, and the service keeps running')
    .description(
      'Starts anything that is not running, shows the logs of every process, and prints the address once it answers.\nCtrl-C closes the view; everything keeps running until `devenv stop`.',
    )
    .action(async (_options, command: Command) => {
      const { watchEnvironment } = await import('./watch.js')
      process.exitCode = await watchEnvironment(await open(command))
    })

const start: Add = (program) =>
  withPrograms(withWhere(program.command('start')))
    .summary('start the service, wait until it answers, print its address')
    .option('--dry-run', 'print what it would do, each step with its cause, and do nothing')
    .option('--json', 'with --dry-run: print JSON')
    .option('--now', 'do not wait for commands that run in a container which has to be replaced')
    .action(async ({ dryRun, json, now }: { dryRun?: boolean; json?: boolean; now?: boolean }, command: Command) => {
      const context = await open(command)
      if (!dryRun) return await startAll(context, { again: 'none', commands: now ? 'ended' : 'awaited' })
      const { readStartPlan } = await import('../environment/start/start.js')
      const { renderStartPlan, stepsOf } = await import('./render-start-plan.js')
      const plan = await readStartPlan(context, { all: true })
      if (json) sayJson(stepsOf(plan))
      else for (const line of renderStartPlan(plan)) say(line)
    })

async function startAll(context: Context, how: How): Promise<void> {
  const { start } = await import('../environment/start/start.js')
  const { waitHealthy } = await import('../environment/start/wait-healthy.js')
  const { askAddress } = await import('../environment/verbs/ask-address.js')
  const { renderAddresses } = await import('./render-addresses.js')
  const { record } = await start(context, { all: true }, how)
  await waitHealthy(context, Object.keys(record.ours))
  await askAddress(record)
  for (const line of renderAddresses(context.environment.service, record)) say(line)
}

const provision: Add = (program) =>
  withWhere(program.command('provision'))
    .argument('[steps...]', 'provisioning steps of the environment (default: all)')
    .summary('carry out provisioning steps again, after you loaded other data into a database')
    .action(async (steps: string[], _options, command: Command) => {
      await startAll(await open(command), { again: steps.length === 0 ? 'all' : steps, commands: 'awaited' })
    })

const shell: Add = (program) =>
  withWhere(program.command('shell'))
    .summary('open a shell in the primary container, as the owner, in the code directory')
    .action(async (_options, command: Command) => {
      const context = await open(command)
      const { ensure, extentOf } = await import('../environment/verbs/ensure.js')
      const { runAsOwner } = await import('../environment/inside/run-as-owner.js')
      const { primary } = await ensure(context, await extentOf(context))
      process.exitCode = await runAsOwner(context, primary, ['bash'])
    })

const make: Add = (program) =>
  withWhere(program.command('make'))
    .argument('[words...]', 'a target, and VAR=value or options as for make')
    .summary('run a make target of the checkout in the environment, or one that the package supplies')
    .description(
      'Runs make in the code directory, as the owner, with your terminal and signals, and ends with its exit code.\nThat is 2 when a recipe fails, whatever the recipe’s own code was; `devenv exec` gives the code of a command.\n`make dev.<target>` does the same; there the make around it ends with 2 for every failure.',
    )
    .addOption(
      new Option('--from-make', 'options and variables come from MAKEFLAGS, as make hands them to a recipe').hideHelp(),
    )
    .addOption(new Option('--overrides <variables>', 'MAKEOVERRIDES, where MAKEFLAGS does not hold them').hideHelp())
    .allowUnknownOption()
    .passThroughOptions()
    .action(async (words: string[], options: { fromMake?: boolean; overrides?: string }, command: Command) => {
      const { runTarget } = await import('../environment/verbs/run-target.js')
      const target = words.find((word) => !/^-|=|^\d+$/.test(word))
      if (target === undefined) throw new DevenvError({ code: 'target-missing' })
      const typed = options.fromMake
        ? (await import('../environment/verbs/make-flags.js')).parseMakeFlags(
            process.env.MAKEFLAGS ?? '',
            options.overrides,
          )
        : []
      process.exitCode = await runTarget(await open(command), target, [...typed, ...words])
    })

const exec: Add = (program) =>
  withWhere(program.command('exec'))
    .argument('[words...]', 'a container (default: the primary one), then after -- the command')
    .usage('[options] [service] -- <command...>')
    .summary('run a command in a container, and end with its exit code')
    .description(
      'Runs a command in the primary container, or in another one; as the owner in each Open edX container:\n  devenv exec -- ./manage.py createsuperuser\n  devenv exec mysql -- mysql -uroot -pdevenv',
    )
    .passThroughOptions()
    .allowUnknownOption()
    .action(async (_words: string[], _options, command: Command) => {
      // Commander drops the `--` that tells a service from a command.
      const words = process.argv.slice(process.argv.indexOf('exec') + 1)
      const dashes = words.indexOf('--')
      const before = dashes < 0 ? [] : withoutOptions(words.slice(0, dashes))
      const [first, ...rest] = dashes < 0 ? withoutOptions(words) : words.slice(dashes + 1)
      if (first === undefined || before.length > 1)
        throw new DevenvError({
          code: 'usage',
          detail: 'exec needs a command after --.',
          see: 'devenv exec [SERVICE] -- COMMAND',
        })
      const context = await open(command)
      const { ensure, extentOf } = await import('../environment/verbs/ensure.js')
      const { execIn } = await import('../environment/verbs/exec.js')
      const started = await ensure(context, before[0] === undefined ? await extentOf(context) : { all: true })
      process.exitCode = await execIn(context, before[0], [first, ...rest], started)
    })

const withoutOptions = (words: readonly string[]): string[] => {
  const kept: string[] = []
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as string
    if (/^--(checkout|package)$/.test(word)) at++
    else if (!/^--(offline$|(checkout|package)=)/.test(word)) kept.push(word)
  }
  return kept
}

const stop: Add = (program) =>
  withWhere(program.command('stop'))
    .summary('stop the containers and remove nothing')
    .action(async (_options, command: Command) => {
      const { stop } = await import('../environment/verbs/stop.js')
      const stopped = await stop(await openRunning(command))
      say(
        stopped.length === 0
          ? 'Nothing was running.'
          : `Stopped: ${stopped.join(', ')}. Data and containers stay; \`devenv start\` starts them again.`,
      )
    })

const clean: Add = (program) =>
  withWhere(program.command('clean'))
    .argument('[stores...]', 'only the data of these, mysql for example; all else stays')
    .summary('stop the environment and remove the data that it created, and nothing else')
    .action(async (stores: string[], _options, command: Command) => {
      const { clean, cleanStores } = await import('../environment/verbs/clean.js')
      const context = await openRunning(command)
      if (stores.length > 0) {
        const emptied = await cleanStores(context, stores)
        say(`Removed the data of ${emptied.join(', ')}. \`devenv start\` makes them again.`)
        return
      }
      const { left } = await clean(context)
      for (const path of left) say(`Left in place, because devenv did not create it: ${path}`)
    })

const status: Add = (program) =>
  withWhere(program.command('status'))
    .summary('show containers and programs, with their addresses, images and memory')
    .option('--json', 'print JSON')
    .action(async ({ json }: { json?: boolean }, command: Command) => {
      const { readStatus } = await import('../environment/verbs/status.js')
      const { renderStatus } = await import('./render-status.js')
      const found = await readStatus(await openRunning(command))
      if (json) sayJson(found)
      else for (const line of renderStatus(found)) say(line)
    })

const logs: Add = (program) =>
  withWhere(program.command('logs'))
    .argument('[program]', 'one program of the environment, or one third-party service')
    .summary('search the logs, in rotated files too')
    .option('--grep <pattern>', 'only lines that match this regular expression')
    .option('--since <when>', 'only lines since then: 15m, 2h, 1d, or a date')
    .option('--json', 'print one JSON object for each line')
    .action(
      async (
        named: string | undefined,
        options: { grep?: string; since?: string; json?: boolean },
        command: Command,
      ) => {
        const { parseSince, searchLogs } = await import('../environment/verbs/search-logs.js')
        const since = options.since === undefined ? undefined : parseSince(options.since, new Date())
        const refuse = (detail: string) => new DevenvError({ code: 'usage', detail, see: 'devenv logs --help' })
        if (options.since !== undefined && since === undefined)
          throw refuse(`--since ${options.since} is neither a time span nor a date.`)
        let grep: RegExp | undefined
        try {
          grep = options.grep === undefined ? undefined : new RegExp(options.grep)
        } catch (error) {
          throw refuse((error as Error).message)
        }
        for await (const entry of searchLogs(await open(command), { program: named, grep, since })) {
          print(options.json ? JSON.stringify(entry) : `${entry.at} ${entry.source} | ${entry.line}`)
        }
      },
    )

const debug: Add = (program) =>
  withWhere(program.command('debug'))
    .argument('<program>', 'a program of the environment, whichever container it is in')
    .summary('run one program in this terminal, so that you can answer breakpoint()')
    .description(
      'Takes a program out of supervisord and runs it in this terminal. However it ends, supervisord then runs it again.',
    )
    .action(async (named: string, _options, command: Command) => {
      const context = await open(command)
      const { ensure } = await import('../environment/verbs/ensure.js')
      const { debugProgram } = await import('../environment/verbs/debug.js')
      const started = await ensure(context, { all: true })
      process.exitCode = await debugProgram(context, named, started)
    })

const list: Add = (program) =>
  program
    .command('list')
    .summary('list all environments on this machine')
    .option('--json', 'print JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const { listEnvironments } = await import('../environment/verbs/list.js')
      const found = await listEnvironments(engineFrom(process.env))
      if (json) sayJson(found)
      else if (found.length === 0) say('There are no environments on this machine.')
      else
        for (const { service, state, checkout, gone } of found)
          say(`${service.padEnd(16)} ${state.padEnd(15)} ${checkout}${gone ? '  (gone)' : ''}`)
    })

const prune: Add = (program) =>
  program
    .command('prune')
    .summary('remove the containers of environments whose checkout is gone')
    .option('--images', 'also remove every devenv image that no container uses')
    .action(async ({ images }: { images?: boolean }) => {
      const { prune } = await import('../environment/verbs/list.js')
      const engine = engineFrom(process.env)
      const removed = await prune(engine)
      if (removed.length === 0) say('Every environment has its checkout.')
      for (const { service, checkout } of removed)
        say(`Removed the containers of ${service}; its checkout was ${checkout}.`)
      if (!images) return
      const { pruneImages } = await import('../environment/verbs/prune-images.js')
      const gone = await pruneImages(engine)
      for (const { names } of gone) say(`Removed ${names.join(', ')}.`)
      say(`Removed ${gone.length} images. To empty the cache of builds too: docker buildx prune`)
    })

const doctor: Add = (program) =>
  program
    .command('doctor')
    .summary('check this machine: engine, Compose, Buildx, certificates, proxies')
    .option('--json', 'print JSON')
    .action(async ({ json }: { json?: boolean }, command: Command) => {
      const { examine } = await import('../machine/examine.js')
      const { renderProblem } = await import('../problem/explain-problem.js')
      const findings = await examine(process.env, await settingsAtHand(command))
      if (json) sayJson(findings)
      else
        for (const { looked, found, problem } of findings)
          say(problem === undefined ? `✓ ${looked}: ${found}` : `✗ ${looked}: ${found}\n${renderProblem(problem)}`)
      if (findings.some(({ problem }) => problem !== undefined)) process.exitCode = 1
    })

const check: Add = (program) =>
  withWhere(program.command('check'))
    .summary('check an environment package against the rules of OEP-5, all at once')
    .option('--json', 'print JSON')
    .action(async ({ json }: { json?: boolean }, command: Command) => {
      const { checkPackage } = await import('./check.js')
      const options = command.optsWithGlobals<{ checkout?: string; package?: string }>()
      const problems = await checkPackage({ ...options, package: options.package ?? process.env.DEVENV_PACKAGE })
      if (json) sayJson(problems)
      else if (problems.length === 0) say('No rule is broken.')
      else throw new DevenvError(...problems)
      if (problems.length > 0) process.exitCode = 1
    })

const init: Add = (program) =>
  withWhere(program.command('init'))
    .argument('[specs...]', 'what npm shall install instead of this version: a file, a range')
    .summary('prepare a checkout: write devenv/, one line in its Makefile, the .dev/ lines of its ignore files')
    .action(async (specs: string[], _options, command: Command) => {
      const { initCheckout } = await import('./init.js')
      const options = command.optsWithGlobals<{ checkout?: string; package?: string }>()
      for (const line of await initCheckout(specs, {
        ...options,
        package: options.package ?? process.env.DEVENV_PACKAGE,
      }))
        say(line)
    })

/** In the order of `--help`. */
export const COMMANDS: readonly Add[] = [
  watch,
  shell,
  make,
  exec,
  debug,
  start,
  stop,
  clean,
  provision,
  status,
  logs,
  list,
  prune,
  doctor,
  digest,
  explain,
  image,
  publish,
  lock,
  check,
  init,
]
