import type { Command } from 'commander'
import { engineFrom } from '../engine/engine.js'
import type { Context, OnCommands } from '../environment/context.js'
import { type Opened, openEnvironment, openPackage, type Where } from '../environment/open-environment.js'
import type { AtHand } from '../machine/examine.js'
import { DevenvError } from '../problem/problem.js'
import type { OpenedSource } from '../publish/select-images.js'
import { parseBeside, parseProgramChoice, remember, type Settings, settingsFrom } from '../settings/settings.js'
import { foreignIn, readSettingsFiles } from '../settings/settings-files.js'
import { asTyped } from './as-typed.js'
import { personAt } from './ask-person.js'
import { progressTo } from './render-progress.js'

/** One command of the command line. `whole`: makes that with all commands, of which `program` may have this one alone. */
export type Add = (program: Command, whole: () => Command) => void
/** A command below one of these. */
export type AddBelow = (command: Command) => void

/** As it is: what a machine reads, or a program has logged. */
export const print = (line: string) => process.stdout.write(`${line}\n`)
export const say = (line: string) => print(asTyped(line))
export const sayJson = (value: unknown) => print(JSON.stringify(value, null, 2))
export const report = progressTo(process.stderr)

/** `--checkout`, `--package` and `--offline` may stand before or behind a command's name. */
function whereOf(command: Command): Where {
  const { checkout, package: named } = command.optsWithGlobals<{ checkout?: string; package?: string }>()
  return {
    directory: process.cwd(),
    checkout,
    package: named ?? (process.env.DEVENV_PACKAGE || undefined),
    otherwise: named === undefined ? 'checkout-around' : 'fitting-checkout',
  }
}

/** The options that are settings, over the environment, over the files of a checkout. */
function settingsOf(command: Command, files: Readonly<Record<string, string>>): Settings {
  const {
    offline,
    programs = '',
    with: beside,
  } = command.optsWithGlobals<{
    offline?: boolean
    programs?: string
    with?: string
  }>()
  const set = settingsFrom(process.env, files)
  return {
    ...set,
    programs: parseProgramChoice(programs) ?? set.programs,
    with: beside === undefined ? set.with : (parseBeside(beside) ?? []),
    network: offline ? 'offline' : set.network,
  }
}

async function tellMistyped(names: readonly string[]): Promise<void> {
  if (names.length === 0) return
  const { mistypedSettings } = await import('../settings/mistyped-settings.js')
  for (const { name, meant } of mistypedSettings(names))
    report({ kind: 'note', text: `${name} is no setting, and changes nothing; did you mean ${meant}?` })
}

/**
 * A variable for make that is not one of devenv's would leave it to act on another service or checkout.
 * @throws DevenvError `variable-mistyped`
 */
async function refuseMistyped(command: Command): Promise<void> {
  const { MAKEFLAGS: flags = '', DEVENV_MAKE_OPTIONS: options } = process.env
  if (options === undefined || !flags.includes('=')) return
  const { mistypedVariable } = await import('../settings/mistyped-settings.js')
  const mistyped = mistypedVariable(flags, options.split(' ').filter(Boolean), command.name() === 'make')
  if (mistyped !== undefined) throw new DevenvError({ code: 'variable-mistyped', ...mistyped })
}

/** What a command means, and what is set for it. */
async function read(command: Command): Promise<{ opened: Opened; settings: Settings }> {
  await refuseMistyped(command)
  await tellMistyped(foreignIn(process.env))
  const opened = await openPackage(whereOf(command))
  return { opened, settings: settingsOf(command, readSettingsFiles(opened.looked)) }
}

/** What nearly every command begins with. */
export async function open(command: Command): Promise<Context> {
  const { opened, settings } = await read(command)
  const environment = await openEnvironment(opened, settings)
  // Who reads JSON is a program.
  const ask = command.opts<{ json?: boolean }>().json ? undefined : personAt(process)
  return { settings, environment, engine: engineFrom(process.env), report, ask }
}

/** The same for a command that says what a start would do: with what the environment remembers. */
export async function openRemembered(command: Command): Promise<OpenedSource> {
  const opened = await openSource(command)
  if (opened.checkout === undefined) return opened
  const { identify } = await import('../environment/environment.js')
  const { readRecord } = await import('../environment/data/record.js')
  const environment = identify(opened.package, opened.checkout, opened.settings.dataRoot)
  return { ...opened, settings: remember(opened.settings, readRecord(environment)?.settings) }
}

/**
 * The settings that count here: those that the environment at hand remembers too, where there is one; and what is known
 * of that.
 */
export async function environmentAtHand(command: Command): Promise<{ settings: Settings; at: AtHand | undefined }> {
  const opened = await unlessProblem(() => openPackage(whereOf(command)))
  if (opened?.package === undefined) return { settings: settingsOf(command, {}), at: undefined }
  const { settings, package: found, checkout } = await openRemembered(command)
  if (checkout === undefined) return { settings, at: undefined }
  const { identify } = await import('../environment/environment.js')
  const { readImageNames } = await import('../definition/read-definition.js')
  const { dataDirectory } = identify(found, checkout, settings.dataRoot).paths
  const images = await unlessProblem(() => readImageNames({ package: found, checkout, variant: undefined }))
  return { settings, at: { data: dataDirectory, image: `devenv/${found.service}`, images } }
}

async function unlessProblem<T>(work: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof DevenvError) return undefined
    throw error
  }
}

/** The same for a command about images, which may do without a checkout. */
export async function openSource(command: Command): Promise<OpenedSource> {
  const { opened, settings } = await read(command)
  const { package: found, checkout, looked } = opened
  if (found === undefined)
    throw new DevenvError({ code: 'checkout-missing', service: 'this service', looked, repository: undefined })
  return { package: found, checkout, looked, settings }
}

/** The same for a command that looks at, or ends, what runs. */
export async function openRunning(command: Command): Promise<Context> {
  const context = await open(command)
  const { locateData } = await import('../environment/verbs/locate-data.js')
  return { ...context, environment: await locateData(context) }
}

export const withPrograms = (command: Command): Command =>
  command.option(
    '--programs <list>',
    'run only these programs, separated by commas, or all; devenv remembers the choice (also: DEVENV_PROGRAMS)',
  )

export const withBeside = (command: Command): Command =>
  command.option(
    '--with <checkouts>',
    'the checkouts whose services run beside this one, libraries that it installs, or names of services, SERVICE@RELEASE, that run without one; separated by spaces, or none; devenv remembers the choice (also: DEVENV_WITH)',
  )

export const withNow = (command: Command): Command =>
  command.option('--now', 'end commands that run in a container which has to be replaced; do not ask, do not wait')

/** What that means. */
export const onCommands = ({ now }: { now?: boolean }): OnCommands => (now ? 'ended' : 'awaited')

/** The options of every command, which may stand before its name or behind it: each with more words for the whole help. */
const GLOBAL_OPTIONS = [
  {
    flags: '--checkout <path>',
    text: 'the checkout',
    more: ' (default: the one around the current folder; with --package, where that is none of its service, the package’s usual one)',
  },
  {
    flags: '--package <path>',
    text: 'the environment package',
    more: ' (default: DEVENV_PACKAGE, then devenv/package.json of the checkout)',
  },
  { flags: '--offline', text: 'ask no other machine', more: '; name anything missing (also: DEVENV_OFFLINE=1)' },
] as const

export const withGlobals = (program: Command): Command =>
  GLOBAL_OPTIONS.reduce((command, { flags, text, more }) => command.option(flags, text + more), program)

export const withWhere = (command: Command): Command =>
  GLOBAL_OPTIONS.reduce((among, { flags, text }) => among.option(flags, text), command)

const collect = (value: string, before: string[] = []): string[] => [...before, value]
const RELEASE = [
  '--release <name>',
  'a release that the package declares, or `all`; you may repeat this option',
] as const
const REF = ['--ref <commit>', 'a commit, tag or branch of the checkout (default: the files as they are)'] as const

/** Which images a command is about: those of releases, of a commit, of the files as they are. */
export const withSelection = (command: Command): Command => withRelease(withWhere(command).option(...REF))

export const withRelease = (command: Command): Command => command.option(...RELEASE, collect)
