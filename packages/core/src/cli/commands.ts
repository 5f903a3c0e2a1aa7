import { type Command, InvalidArgumentError, Option } from 'commander'
import { engineFrom } from '../engine/engine.js'
import { openEnvironment, openPackage, type Where } from '../environment/open-environment.js'
import { DevenvError } from '../problem/problem.js'
import type { OpenedSource, Selection } from '../publish/select-images.js'
import { type Settings, settingsFrom } from '../settings/settings.js'
import type { PublishOptions } from './images.js'
import { progressTo } from './render-progress.js'

type Add = (program: Command) => void

const say = (line: string) => process.stdout.write(`${line}\n`)
const sayJson = (value: unknown) => say(JSON.stringify(value, null, 2))
const report = progressTo(process.stderr)

/** What was named, and what is set. `--checkout`, `--package` and `--offline` may stand before or behind a command's name. */
function read(command: Command): { where: Where; settings: Settings } {
  const {
    checkout,
    package: named,
    offline,
  } = command.optsWithGlobals<{ checkout?: string; package?: string; offline?: boolean }>()
  const settings = settingsFrom(process.env)
  return {
    where: {
      directory: process.cwd(),
      checkout,
      package: named ?? (process.env.DEVENV_PACKAGE || undefined),
      otherwise: named === undefined ? 'checkout-around' : 'usual-checkout',
    },
    settings: offline ? { ...settings, network: 'offline' } : settings,
  }
}

/** What nearly every command begins with. */
async function open(command: Command) {
  const { where, settings } = read(command)
  return { settings, environment: await openEnvironment(where, settings), engine: engineFrom(process.env) }
}

/** The same for a command about images, which may do without a checkout. */
function openSource(command: Command): OpenedSource {
  const { where, settings } = read(command)
  const { package: found, checkout, looked } = openPackage(where)
  if (found === undefined)
    throw new DevenvError({ code: 'checkout-missing', service: 'this service', looked, repository: undefined })
  return { package: found, checkout, looked, settings }
}

/** The same for a command that looks at, or ends, what runs. */
async function openRunning(command: Command) {
  const { environment, engine } = await open(command)
  const { locateData } = await import('../environment/locate-data.js')
  return { engine, environment: await locateData(engine, environment) }
}

const withWhere = (command: Command): Command =>
  command
    .option('--checkout <path>', 'the checkout')
    .option('--package <path>', 'the environment package')
    .option('--offline', 'make no call that leaves this machine')

const watch: Add = (program) =>
  withWhere(program.command('watch'))
    .summary('start what is not running and show all logs; Ctrl-C leaves the view, not the services')
    .description(
      'Starts what is not running, shows the logs of every process, and prints the address once it answers.\nCtrl-C leaves the view; the services keep running until `devenv stop`.',
    )
    .action(async (_options, command: Command) => {
      const { watchEnvironment } = await import('./watch.js')
      process.exitCode = await watchEnvironment(await open(command), report)
    })

const start: Add = (program) =>
  withWhere(program.command('start'))
    .summary('start what is not running, wait until it answers, print its address')
    .action(async (_options, command: Command) => {
      const { settings, environment, engine } = await open(command)
      const { start } = await import('../environment/start.js')
      const { waitHealthy } = await import('../environment/wait-healthy.js')
      const { renderAddresses } = await import('./render-addresses.js')
      const { record } = await start(engine, environment, settings, { all: true }, report)
      await waitHealthy(engine, environment, [record.primary], report)
      for (const line of renderAddresses(environment.service, record)) say(line)
    })

const shell: Add = (program) =>
  withWhere(program.command('shell'))
    .summary('a shell in the primary container, as the owner, in the code directory')
    .action(async (_options, command: Command) => {
      const { settings, environment, engine } = await open(command)
      const { ensure, runAsOwner } = await import('../environment/run.js')
      const { primary } = await ensure(engine, environment, settings, { all: true }, report)
      process.exitCode = await runAsOwner(engine, primary, ['bash'])
    })

const make: Add = (program) =>
  withWhere(program.command('make'))
    .argument('[words...]', 'a target, and VAR=value or options as for make')
    .summary('run a make target of the checkout in the environment, or one that the package supplies')
    .description(
      'Runs make in the code directory, as the owner, with your terminal and signals; exit codes are exact.\n`make dev.<target>` is the same through make, which answers 2 for every failure.',
    )
    .addOption(
      new Option('--from-make', 'options and variables come from MAKEFLAGS, as make hands them to a recipe').hideHelp(),
    )
    .addOption(new Option('--overrides <variables>', 'MAKEOVERRIDES, where MAKEFLAGS does not hold them').hideHelp())
    .allowUnknownOption()
    .passThroughOptions()
    .action(async (words: string[], options: { fromMake?: boolean; overrides?: string }, command: Command) => {
      const { runTarget } = await import('../environment/run.js')
      const target = words.find((word) => !/^-|=|^\d+$/.test(word))
      if (target === undefined) throw new DevenvError({ code: 'target-missing' })
      const typed = options.fromMake
        ? (await import('../environment/make-flags.js')).parseMakeFlags(process.env.MAKEFLAGS ?? '', options.overrides)
        : []
      const { settings, environment, engine } = await open(command)
      process.exitCode = await runTarget(engine, environment, settings, target, [...typed, ...words], report)
    })

const exec: Add = (program) =>
  withWhere(program.command('exec'))
    .argument('[words...]', 'a container (default: the primary one), then after -- the command')
    .usage('[options] [service] -- <command...>')
    .summary('run a command in a container, with its exact exit code')
    .description(
      'Runs a command in the primary container as the owner, or in another one:\n  devenv exec -- ./manage.py createsuperuser\n  devenv exec mysql -- mysql -uroot -pdevenv',
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
      const { settings, environment, engine } = await open(command)
      const { ensure, execIn } = await import('../environment/run.js')
      const started = await ensure(engine, environment, settings, { all: true }, report)
      process.exitCode = await execIn(engine, environment, before[0], [first, ...rest], started)
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
    .summary('stop the containers; nothing is removed')
    .action(async (_options, command: Command) => {
      const { environment, engine } = await openRunning(command)
      const { stop } = await import('../environment/stop.js')
      const stopped = await stop(engine, environment, report)
      say(
        stopped.length === 0
          ? 'Nothing was running.'
          : `Stopped: ${stopped.join(', ')}. Data and containers are kept; \`devenv start\` goes on with them.`,
      )
    })

const clean: Add = (program) =>
  withWhere(program.command('clean'))
    .summary('stop the environment and remove the data that it created; nothing else')
    .action(async (_options, command: Command) => {
      const { environment, engine } = await openRunning(command)
      const { clean } = await import('../environment/clean.js')
      const { left } = await clean(engine, environment, report)
      for (const path of left) say(`Left, because devenv did not make it: ${path}`)
    })

const status: Add = (program) =>
  withWhere(program.command('status'))
    .summary('what runs, where it answers, from which images')
    .option('--json', 'for machines')
    .action(async ({ json }: { json?: boolean }, command: Command) => {
      const { environment, engine } = await openRunning(command)
      const { readStatus } = await import('../environment/status.js')
      const { renderStatus } = await import('./render-status.js')
      const found = await readStatus(engine, environment)
      if (json) sayJson(found)
      else for (const line of renderStatus(found)) say(line)
    })

const logs: Add = (program) =>
  withWhere(program.command('logs'))
    .argument('[program]', 'one program of the primary container, or one third-party service')
    .summary('search what was logged, rotated files too')
    .option('--grep <pattern>', 'only lines that match this regular expression')
    .option('--since <when>', '15m, 2h, 1d, or a date')
    .option('--json', 'one JSON object a line')
    .action(
      async (
        named: string | undefined,
        options: { grep?: string; since?: string; json?: boolean },
        command: Command,
      ) => {
        const { parseSince, searchLogs } = await import('../environment/logs.js')
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
        const { environment, engine } = await open(command)
        for await (const entry of searchLogs(engine, environment, { program: named, grep, since })) {
          say(options.json ? JSON.stringify(entry) : `${entry.at} ${entry.source} | ${entry.line}`)
        }
      },
    )

const debug: Add = (program) =>
  withWhere(program.command('debug'))
    .argument('<program>', 'a program of the primary container')
    .summary('run one program in the foreground, so that breakpoint() can be answered')
    .description(
      'Takes a program out of supervisord into this terminal. It goes back when you leave it, however that ends.',
    )
    .action(async (named: string, _options, command: Command) => {
      const { settings, environment, engine } = await open(command)
      const { debugProgram, ensure } = await import('../environment/run.js')
      const started = await ensure(engine, environment, settings, { all: true }, report)
      report({
        kind: 'note',
        text: `${named} moves into this terminal; when it ends (Ctrl-C; at a (Pdb) prompt: q), it goes back`,
      })
      process.exitCode = await debugProgram(engine, named, started)
    })

const list: Add = (program) =>
  program
    .command('list')
    .summary('all environments on this machine')
    .option('--json', 'for machines')
    .action(async ({ json }: { json?: boolean }) => {
      const { listEnvironments } = await import('../environment/list.js')
      const found = await listEnvironments(engineFrom(process.env))
      if (json) sayJson(found)
      else if (found.length === 0) say('There are none.')
      else
        for (const { service, state, checkout, gone } of found)
          say(`${service.padEnd(16)} ${state.padEnd(15)} ${checkout}${gone ? '  (gone)' : ''}`)
    })

const prune: Add = (program) =>
  program
    .command('prune')
    .summary('remove the containers of environments whose checkout is gone')
    .option('--images', 'also every image of ours that no container is made of')
    .action(async ({ images }: { images?: boolean }) => {
      const { prune } = await import('../environment/list.js')
      const engine = engineFrom(process.env)
      const removed = await prune(engine)
      if (removed.length === 0) say('Every environment has its checkout.')
      for (const { service, checkout } of removed)
        say(`Removed the containers of ${service}, whose checkout was ${checkout}.`)
      if (!images) return
      const { pruneImages } = await import('../environment/prune-images.js')
      const gone = await pruneImages(engine)
      for (const { names } of gone) say(`Removed ${names.join(', ')}.`)
      say(`${gone.length} images removed. What builds keep for the next one: docker buildx prune`)
    })

const doctor: Add = (program) =>
  program
    .command('doctor')
    .summary('look at what environments need of this machine')
    .option('--json', 'for machines')
    .action(async ({ json }: { json?: boolean }) => {
      const { examine } = await import('../environment/doctor.js')
      const { renderProblem } = await import('../problem/explain-problem.js')
      const findings = await examine(process.env, settingsFrom(process.env))
      if (json) sayJson(findings)
      else
        for (const { looked, found, problem } of findings)
          say(problem === undefined ? `✓ ${looked}: ${found}` : `✗ ${looked}: ${found}\n${renderProblem(problem)}`)
      if (findings.some(({ problem }) => problem !== undefined)) process.exitCode = 1
    })

const collect = (value: string, before: string[] = []): string[] => [...before, value]
const RELEASE = ['--release <name>', 'a release that the package declares, or `all`; may be given again'] as const
const REF = ['--ref <commit>', 'a commit, tag or branch of the checkout instead of the files as they are'] as const

const withSelection = (command: Command): Command =>
  withWhere(command)
    .option(...REF)
    .option(...RELEASE, collect)

const digest: Add = (program) =>
  withSelection(program.command('digest'))
    .summary('the digest of the image inputs, which names the image')
    .description(
      'Prints the reference of the image that the checkout asks for, `…:inputs-<digest>`. Nothing is checked out, built or asked of a registry.\nWith --json, the whole digest and the list of inputs.',
    )
    .option('--json', 'for machines')
    .action(async ({ json, ...selection }: Selection & { json?: boolean }, command: Command) => {
      const { readDigests } = await import('./images.js')
      const found = await readDigests(openSource(command), selection)
      if (json) sayJson(found.length === 1 ? found[0] : found)
      else
        for (const { release, reference } of found) say(release === undefined ? reference : `${release} ${reference}`)
    })

const explain: Add = (program) =>
  withSelection(program.command('explain'))
    .summary('what a start would do about images, and why; nothing is changed')
    .option('--json', 'for machines')
    .action(async ({ json, ...selection }: Selection & { json?: boolean }, command: Command) => {
      const { explainImages } = await import('./images.js')
      const plans = await explainImages(openSource(command), selection, engineFrom(process.env))
      const { renderImagesPlan } = await import('./render-plans.js')
      if (json) sayJson(plans.length === 1 ? plans[0] : plans)
      else for (const line of plans.flatMap(renderImagesPlan)) say(line)
    })

const image: Add = (program) =>
  withSelection(program.command('image'))
    .summary('have the image in the engine, pulled or built, and print its name')
    .option('--dry-run', 'say what would be done, as `explain`')
    .option('--json', 'for machines')
    .action(
      async ({ json, dryRun, ...selection }: Selection & { json?: boolean; dryRun?: boolean }, command: Command) => {
        const { ensureOwnImages, explainImages } = await import('./images.js')
        const engine = engineFrom(process.env)
        if (!dryRun) {
          const references = await ensureOwnImages(openSource(command), selection, engine, report)
          if (json) sayJson(references)
          else for (const reference of references) say(reference)
          return
        }
        const plans = (await explainImages(openSource(command), selection, engine)).map(({ own }) => own)
        const { renderImagePlan } = await import('./render-plans.js')
        if (json) sayJson(plans)
        else for (const plan of plans) say(renderImagePlan(plan))
      },
    )

const publish: Add = (program) =>
  withSelection(program.command('publish'))
    .summary('build what the registry lacks, push it, then move tags')
    .description(
      'Publishes the images of each declared release at the commit that the lock names, or of one commit (--ref, --pushed), to DEVENV_REGISTRY.\nA package without releases: the image of its checkout, by its digest. Safe to interrupt and to repeat. Prints the bill.',
    )
    .option(
      '--pushed <ref>',
      'a pushed ref, such as refs/heads/master: its commit, and the release it belongs to, if any',
    )
    .option('--unreleased', 'between two versions of the package: images and `main`, and no edition of a release')
    .option('--dry-run', 'print the plan and change nothing')
    .option('--json', 'for machines')
    .option('--builder <name>', 'a builder of Buildx, of any driver (default: the current one)')
    .option(
      '--platform <list>',
      'such as linux/amd64,linux/arm64 (default: both, as far as the builder can)',
      parseList,
    )
    .option('--bill <file>', 'append what was built, and what it costs, as Markdown')
    .option('--digests <file>', 'write the digest of every tag, as JSON')
    .action(async ({ json, ...options }: PublishOptions & { json?: boolean }, command: Command) => {
      const { publishImages } = await import('./images.js')
      const { plan, digests, bill } = await publishImages(openSource(command), options, engineFrom(process.env), report)
      const { renderPublishPlan } = await import('./render-plans.js')
      if (json) sayJson({ ...plan, digests })
      else if (options.dryRun) for (const line of renderPublishPlan(plan)) say(line)
      else say(bill)
    })

function parseList(text: string): string[] {
  const list = text.split(',').filter(Boolean)
  if (list.length > 0 && list.every((platform) => /^\w+\/\w+(\/\w+)?$/.test(platform))) return list
  throw new InvalidArgumentError('It is no list of platforms, such as linux/amd64,linux/arm64.')
}

const lock: Add = (program) =>
  withWhere(program.command('lock'))
    .summary('look up what upstream names mean now, and write it to devenv-lock.json')
    .description(
      'Writes the digests of official base and third-party images, and the commit of each release’s ref.\nBuilds and environments use these. Stand-ins are not locked, and it says so.',
    )
    .option('--dry-run', 'say what moved and write nothing')
    .option('--json', 'for machines')
    .action(async ({ json, dryRun }: { json?: boolean; dryRun?: boolean }, command: Command) => {
      const { updateLock } = await import('./images.js')
      const update = await updateLock(openSource(command), dryRun ? 'look' : 'write')
      if (json) {
        sayJson(update)
        return
      }
      for (const line of update.changes) say(line)
      if (update.changes.length === 0) say('Nothing moved.')
      if (update.standIns.length > 0)
        report({
          kind: 'note',
          text: `not locked, because stand-ins are served for them: ${update.standIns.join(', ')}`,
        })
    })

const check: Add = (program) =>
  withWhere(program.command('check'))
    .summary('check an environment package against the rules of OEP-5, all at once')
    .option('--json', 'for machines')
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
    .argument('[specs...]', 'what npm installs instead of this version: a file, a range')
    .summary('prepare a checkout: devenv/, one line in its Makefile, the .dev/ lines of its ignore files')
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
