import { type Command, Option } from 'commander'
import type { Written } from '../../checkout/write-editor-files.js'
import { engineFrom } from '../../engine/engine.js'
import { DevenvError } from '../../problem/problem.js'
import type { OpenedSource } from '../../publish/select-images.js'
import { type Add, type AddBelow, open, openRemembered, report, say, withWhere } from '../opening.js'

export const editorCommand: Add = (program) => {
  const editor = program
    .command('editor')
    .summary('tell an editor of the environment: its container, its tasks, its debuggers, its packages')
    .description(
      'Writes into the checkout what an editor needs to work with the environment. A file that is there keeps everything that\nis not devenv’s own; a second run changes nothing.',
    )
  addVSCode(editor)
  addPyCharm(editor)
  addSync(editor)
  addStart(editor)
}

const addVSCode: AddBelow = (editor) =>
  withWhere(editor.command('vscode'))
    .summary('write the definition of the container, tasks and launch configurations for VS Code')
    .description(
      'Writes .devcontainer/devcontainer.json, .vscode/tasks.json and .vscode/launch.json. Those that were not there git ignores in\nthis clone alone, unless the team shall have them (--commit).',
    )
    .option('--commit', 'let git see them, so that you can commit them for everybody')
    .action(async ({ commit }: { commit?: true }, command: Command) => {
      const { tellEditor } = await import('../editor.js')
      const written = await tellEditor(await openCheckout(command), commit ? 'team' : 'clone')
      if (written.changed.length + written.shown.length === 0) {
        say('VS Code knows this environment already.')
        return
      }
      sayWritten(written)
      sayWhoSees(written, 'vscode', commit)
      say('In VS Code: “Dev Containers: Reopen in Container”, “Tasks: Run Task”, and the debugger’s “attach”.')
    })

const addPyCharm: AddBelow = (editor) =>
  withWhere(editor.command('pycharm'))
    .summary('write run configurations for PyCharm and the other editors of JetBrains')
    .description(
      'Writes .run/devenv-*.run.xml: a shell line for each task, in the editor’s terminal. Git ignores them in this clone alone, unless\nthe team shall have them (--commit). Other files in .run stay as they are.',
    )
    .option('--commit', 'let git see them, so that you can commit them for everybody')
    .action(async ({ commit }: { commit?: true }, command: Command) => {
      const { tellPyCharm } = await import('../editor.js')
      const { code, ...written } = await tellPyCharm(await openCheckout(command), commit ? 'team' : 'clone')
      if (written.changed.length + written.removed.length + written.shown.length === 0) {
        say('PyCharm knows this environment already.')
        return
      }
      sayWritten(written)
      sayWhoSees(written, 'pycharm', commit)
      say(
        `In PyCharm: run “devenv: …”. For the debugger, add “Attach to DAP”, localhost:5678, with ${code} as the remote project path.`,
      )
    })

const addSync: AddBelow = (editor) =>
  withWhere(editor.command('sync'))
    .summary('export the Python packages of the image, so that an editor outside the container resolves imports')
    .description(
      'Puts the modules that the image has installed into your cache folder, once for each image, and leads the language server to them:\nby .vscode/settings.json, or by pyrightconfig.json where there is one.',
    )
    .option(
      '--pyright',
      'write pyrightconfig.json, which any editor with pyright reads; VS Code’s settings of it do not count then',
    )
    .addOption(
      new Option(
        '--folders',
        'print the folders instead, one a line, for an editor that is told of them by hand',
      ).conflicts('pyright'),
    )
    .action(async ({ pyright, folders: asked }: { pyright?: true; folders?: true }, command: Command) => {
      const { syncPackages } = await import('../editor.js')
      const opened = await openCheckout(command)
      const { were, folders, written, byHand } = await syncPackages(
        opened,
        asked ? 'nobody' : pyright && 'pyright',
        engineFrom(process.env),
        report,
      )
      if (asked) {
        say(folders.join('\n'))
        return
      }
      if (were === 'there already') say('The packages of this image are there already.')
      if (written !== undefined) sayWritten(written)
      if (byHand !== undefined)
        say(
          `${byHand} has settings of pyright, which reads no others. Add to them:\nextraPaths = ${JSON.stringify(folders)}`,
        )
    })

const addStart: AddBelow = (editor) =>
  withWhere(editor.command('start'))
    .summary('start the environment for an editor that opens its container: .devcontainer/devcontainer.json calls this')
    .action(async (_options, command: Command) => {
      const { linkComposeFile } = await import('../../checkout/write-editor-files.js')
      const { startFollowing } = await import('../../environment/verbs/follow-branch.js')
      const { tellRunning } = await import('../start-all.js')
      const context = await open(command)
      const started = await startFollowing(context, { all: true })
      await linkComposeFile(context.environment.checkout, context.environment.paths.composeFile)
      await tellRunning(context, started).catch(unlessWaiting)
    })

/** Code that is wrong is what an editor is opened for. */
async function unlessWaiting(error: unknown): Promise<void> {
  const { tellsOf } = await import('../../problem/problem.js')
  if (!tellsOf(error, 'program-waiting')) throw error
  const { explainProblem } = await import('../../problem/explain-problem.js')
  for (const problem of error.problems) report({ kind: 'note', text: explainProblem(problem).what })
}

async function openCheckout(command: Command): Promise<OpenedSource & { checkout: string }> {
  const opened = await openRemembered(command)
  const { checkout, looked, package: found } = opened
  if (checkout !== undefined) return { ...opened, checkout }
  throw new DevenvError({ code: 'checkout-missing', service: found.service, looked, repository: undefined })
}

function sayWritten({ changed, removed, shown }: Written): void {
  for (const file of changed) say(`wrote ${file}`)
  for (const file of removed) say(`removed ${file}`)
  for (const file of shown) say(`git sees ${file}`)
}

function sayWhoSees({ hidden }: Written, editor: string, commit: true | undefined): void {
  if (hidden.length > 0)
    say(`Git ignores what was not there before, in this clone alone. For the team: devenv editor ${editor} --commit`)
  if (commit) say('Commit these files; they are the same for everybody.')
}
