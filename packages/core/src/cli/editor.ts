import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Part } from '../checkout/merge-entries.js'
import {
  type EditorFacts,
  type EditorFile,
  type EditorTask,
  type Language,
  languageOf,
  planEditorFiles,
} from '../checkout/plan-editor-files.js'
import { planRunConfigurations } from '../checkout/plan-run-configurations.js'
import { readTargets } from '../checkout/read-targets.js'
import {
  type Audience,
  readContainerPlace,
  readOurConfigurations,
  readRecommended,
  type Written,
  writeEditorFiles,
} from '../checkout/write-editor-files.js'
import { CORE_DIRECTORY } from '../definition/core-directory.js'
import { readDeclaredPrograms } from '../definition/declared-programs.js'
import { type Definition, isSupplied, mountOf, primaryOf } from '../definition/definition.js'
import { isPrepared } from '../definition/find-package.js'
import type { Engine } from '../engine/engine.js'
import { debuggedCommand, takeOutCommand } from '../environment/inside/tools.js'
import { USUAL_PORT } from '../environment/verbs/listen.js'
import { targetCommand } from '../environment/verbs/run-target.js'
import { exportPackages, isExported } from '../image/export-packages.js'
import { DevenvError } from '../problem/problem.js'
import { quoted } from '../problem/quoted.js'
import { readTextFile } from '../problem/read-text-file.js'
import type { Report } from '../progress/progress.js'
import { type OpenedSource, withSelected } from '../publish/select-images.js'
import { lookIntoCheckout } from '../scaffold/look-into-checkout.js'
import { asTyped, type Form } from './as-typed.js'
import { ensureOwnImages } from './images.js'

/** A service whose checkout is there. */
type OpenedCheckout = OpenedSource & { checkout: string }

/** `devenv editor vscode`. @throws DevenvError `file-unmergeable`, `file-unusable`, `usage` */
export async function tellEditor(opened: OpenedCheckout, audience: Audience): Promise<Written> {
  const facts = await readEditorFacts(opened, formFor(opened, audience, 'vscode'))
  return await writeEditorFiles(opened.checkout, planEditorFiles(facts, readContainerPlace(opened.checkout)), audience)
}

/** `devenv editor pycharm`. @returns also where the code is in the container @throws DevenvError the same */
export async function tellPyCharm(opened: OpenedCheckout, audience: Audience): Promise<Written & { code: string }> {
  const { tasks, code } = await readEditorFacts(opened, formFor(opened, audience, 'pycharm'))
  const files = planRunConfigurations(tasks)
  const wanted = files.map(({ path }) => path)
  const obsolete = readOurConfigurations(opened.checkout).filter((path) => !wanted.includes(path))
  return { ...(await writeEditorFiles(opened.checkout, files, audience, obsolete)), code }
}

function formFor(opened: OpenedCheckout, audience: Audience, editor: string): Form {
  const form = formIn(opened)
  if (audience === 'team' && form.do !== 'make')
    throw new DevenvError({
      code: 'usage',
      detail:
        'these files would name folders of this machine: for the team, the checkout has to be one that `devenv init` has prepared.',
      see: `devenv editor ${editor} --help`,
    })
  return form
}

/** How an editor calls devenv: by make where every clone has it, else by where it is on this machine. */
function formIn({ checkout, package: { directory } }: OpenedCheckout): Form {
  if (!process.env.DEVENV_PACKAGE && isPrepared(checkout))
    return { do: 'make', make: 'make', variables: '', options: [] }
  const command = ['node', join(CORE_DIRECTORY, 'bin/devenv.js'), '--package', directory, '--checkout', '.']
  return { do: 'command', words: command.map(quoted).join(' ') }
}

async function readEditorFacts(opened: OpenedCheckout, form: Form): Promise<EditorFacts> {
  const definition = await withSelected(opened, {}, 'the-checkout', async ([one]) => {
    if (one === undefined) throw new Error('a checkout has one image')
    return one.source.definition
  })
  const call = (words: string) => asTyped(`devenv ${words}`, form)
  return {
    service: opened.package.service,
    primary: definition.primary,
    code: mountOf(definition, definition.primary, opened.checkout) ?? primaryOf(definition).working_dir ?? '/',
    user: primaryOf(definition).user === undefined ? 'owner' : 'named',
    languages: readLanguages(definition, opened.checkout),
    tasks: await readTasks(definition, opened.checkout, call),
    extensions: readRecommended(opened.checkout),
    startLine: call('editor start'),
  }
}

/** Those of the programs; where they are scripts, that of the checkout. */
function readLanguages(definition: Definition, checkout: string): Language[] {
  const found = readDeclaredPrograms(definition).map(({ command = '' }) => languageOf(command))
  const kinds = { django: 'python', ruby: 'ruby', node: 'node' } as const
  const kind = lookIntoCheckout(checkout).kind?.value
  const all = [...found, kind && kinds[kind]].filter((each) => each !== undefined)
  return [...new Set(all)]
}

const AT = { port: USUAL_PORT, waits: false }
const shellLine = (argv: readonly string[]): string => argv.map(quoted).join(' ')

/** For a window that is in the container, the commands that devenv would run there. */
async function readTasks(
  definition: Definition,
  checkout: string,
  call: (words: string) => string,
): Promise<EditorTask[]> {
  const { targets: declared } = definition
  const targets = (await readTargets(checkout)).filter(
    ({ name, about }) => /^\w[\w-]*$/.test(name) && (about !== undefined || name === 'test'),
  )
  const supplied = Object.keys(declared).filter((name) => isSupplied(declared[name]))
  const names = [...new Set([...targets.map(({ name }) => name), ...supplied])].sort()
  return [
    { name: 'watch', outside: call('watch'), kind: 'lasting' },
    { name: 'stop', outside: call('stop'), kind: 'once' },
    ...names.map((name): EditorTask => {
      const inside = targetCommand(declared[name], [name])
      const kind = name === 'test' ? 'test' : 'once'
      return { name: `make ${name}`, outside: call(`make ${name}`), inside: shellLine(inside), kind }
    }),
    ...(names.includes('test')
      ? [
          {
            name: 'make test, with the debugger',
            outside: call('make test DEBUG=1'),
            inside: shellLine(debuggedCommand({ ...AT, waits: true }, targetCommand(declared.test, ['test']))),
            kind: 'test' as const,
          },
        ]
      : []),
    ...readDeclaredPrograms(definition).map(({ name }): EditorTask => {
      const inside = shellLine(debuggedCommand(AT, takeOutCommand(name)))
      return { name: `debug ${name}`, outside: call(`debug ${name} --listen`), inside, kind: 'lasting' }
    }),
  ]
}

/**
 * What of the packages was done, where they are, and where an editor was told of them; `byHand`: what a person has to write, and where.
 */
export type Synced = {
  were: 'there already' | 'exported'
  folders: readonly string[]
  written: Written | undefined
  byHand: string | undefined
}

/**
 * `devenv editor sync`: the packages of the image on this machine, and a setting that leads a language server to them.
 * @param asked `pyright` where every editor with it shall have them, `nobody` where only the folders are asked for; else VS Code alone, unless the
 *   checkout has settings of pyright
 * @throws DevenvError `packages-missing`, `file-unmergeable`
 */
export async function syncPackages(
  opened: OpenedCheckout,
  asked: 'pyright' | 'nobody' | undefined,
  engine: Engine,
  report: Report,
): Promise<Synced> {
  const [reference = ''] = await ensureOwnImages(opened, {}, engine, report)
  const { folders, were } = await exportPackages(engine, reference, report)
  if (asked === 'nobody') return { were, folders, written: undefined, byHand: undefined }
  const place = planSetting((file) => readIfThere(join(opened.checkout, file)), asked)
  if (place.do === 'by-hand') return { were, folders, written: undefined, byHand: place.file }
  const parts: Part[] = [{ at: [place.key], entries: folders, isOurs: (entry) => isExported(String(entry)) }]
  const file: EditorFile = { path: place.file, heading: '', parts }
  return { were, folders, written: await writeEditorFiles(opened.checkout, [file], 'clone'), byHand: undefined }
}

const readIfThere = (file: string): string | undefined => (existsSync(file) ? readTextFile(file) : undefined)

type SettingPlace = { do: 'write'; file: string; key: string } | { do: 'by-hand'; file: string }

/** Where a language server looks. What pyright finds of its own settings is all that it reads, so that VS Code's count for nothing. Pure. */
export function planSetting(read: (file: string) => string | undefined, asked: 'pyright' | undefined): SettingPlace {
  const own = 'pyrightconfig.json'
  if (read(own) !== undefined) return { do: 'write', file: own, key: 'extraPaths' }
  const [project, settings] = ['pyproject.toml', '.vscode/settings.json']
  if (/^\s*\[tool\.pyright\]/m.test(read(project) ?? '')) return { do: 'by-hand', file: project }
  if (asked === 'pyright') return { do: 'write', file: own, key: 'extraPaths' }
  return { do: 'write', file: settings, key: 'python.analysis.extraPaths' }
}
