import type { EditorFile, EditorTask } from './plan-editor-files.js'

/** Where the editors of JetBrains find run configurations beside those of `.idea`, which most checkouts ignore. */
export const RUN_FOLDER = '.run'

/** Whether a run configuration is devenv's. Pure. */
export const isOurConfiguration = (text: string): boolean => /<configuration\b[^>]*\sname="devenv: /.test(text)

/**
 * A run configuration for each task: a line for the shell, in the editor's terminal. Its format is that of the editors' own plugin
 * (https://github.com/JetBrains/intellij-community, plugins/sh, `ShRunConfiguration`). Pure.
 */
export const planRunConfigurations = (tasks: readonly EditorTask[]): EditorFile[] =>
  tasks.map(({ name, outside }) => ({
    path: `${RUN_FOLDER}/devenv-${name.replace(/[^\w.-]+/g, '-')}.run.xml`,
    text: configurationOf(`devenv: ${name}`, outside),
    isOurs: isOurConfiguration,
  }))

function configurationOf(name: string, line: string): string {
  const options = {
    SCRIPT_TEXT: line,
    INDEPENDENT_SCRIPT_PATH: true,
    SCRIPT_PATH: '',
    SCRIPT_OPTIONS: '',
    INDEPENDENT_SCRIPT_WORKING_DIRECTORY: true,
    SCRIPT_WORKING_DIRECTORY: '$PROJECT_DIR$',
    INDEPENDENT_INTERPRETER_PATH: true,
    INTERPRETER_PATH: '',
    INTERPRETER_OPTIONS: '',
    EXECUTE_IN_TERMINAL: true,
    EXECUTE_SCRIPT_FILE: false,
  }
  return [
    '<component name="ProjectRunConfigurationManager">',
    `  <configuration default="false" name="${escaped(name)}" type="ShConfigurationType">`,
    ...Object.entries(options).map(([key, value]) => `    <option name="${key}" value="${escaped(String(value))}" />`),
    '    <envs />',
    '    <method v="2" />',
    '  </configuration>',
    '</component>',
    '',
  ].join('\n')
}

const ENTITIES: { readonly [character: string]: string } = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const escaped = (text: string): string => text.replace(/[&<>"]/g, (character) => ENTITIES[character] ?? '')
