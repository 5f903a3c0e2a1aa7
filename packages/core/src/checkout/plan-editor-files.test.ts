import { parse } from 'jsonc-parser'
import { describe, expect, test } from 'vitest'
import { mergeParts } from './merge-entries.js'
import { type EditorFacts, languageOf, planEditorFiles } from './plan-editor-files.js'

const facts = (change: Partial<EditorFacts> = {}): EditorFacts => ({
  service: 'hello',
  primary: 'hello',
  code: '/edx/app/hello',
  user: 'owner',
  languages: ['python'],
  tasks: [
    { name: 'watch', outside: 'make dev.watch', kind: 'lasting' },
    { name: 'make test', outside: 'make dev.test', inside: 'make test', kind: 'test' },
  ],
  extensions: ['a.b'],
  startLine: 'make devenv.editor ARGS=start',
  ...change,
})

/** What a checkout without such files gets. */
const written = (change: Partial<EditorFacts> = {}, container = '.devcontainer/devcontainer.json') => {
  const files = planEditorFiles(facts(change), container)
  return Object.fromEntries(files.map(({ path, parts }) => [path.split('/').at(-1), parse(mergeParts('{}', parts))]))
}

describe('a container', () => {
  test('is the one that runs: it is started, and neither replaced nor stopped', () => {
    expect(written()['devcontainer.json']).toMatchObject({
      name: 'devenv: hello',
      initializeCommand: 'make devenv.editor ARGS=start',
      dockerComposeFile: 'devenv.compose.json',
      service: 'hello',
      workspaceFolder: '/edx/app/hello',
      remoteUser: 'app',
      overrideCommand: false,
      updateRemoteUserUID: false,
      shutdownAction: 'none',
      customizations: { vscode: { extensions: ['ms-python.python', 'ms-python.debugpy', 'a.b'] } },
    })
  })

  test('keeps the user that the package names', () => {
    expect(written({ user: 'named' })['devcontainer.json']).not.toHaveProperty('remoteUser')
  })

  test('is described beside another one of the checkout', () => {
    const { 'devcontainer.json': container } = written({}, '.devcontainer/devenv/devcontainer.json')
    expect(container.dockerComposeFile).toBe('../devenv.compose.json')
  })
})

test('a task does in the container what it does outside', () => {
  expect(written()['tasks.json'].tasks).toEqual([
    { label: 'devenv: watch', type: 'shell', command: 'make dev.watch', isBackground: true, problemMatcher: [] },
    {
      label: 'devenv: make test',
      type: 'shell',
      command: '[ -z "$DEVENV_CONTAINER" ] || exec make test; make dev.test',
      group: 'test',
      problemMatcher: [],
    },
  ])
})

test('each language is attached to in its own way, at the same port', () => {
  const { configurations } = written({ languages: ['node', 'ruby'] })['launch.json']
  expect(configurations.map(({ name }: { name: string }) => name)).toEqual([
    'devenv: attach to a program (Node)',
    'devenv: attach to tests (Node)',
    'devenv: attach to a program (Ruby)',
    'devenv: attach to tests (Ruby)',
  ])
  // biome-ignore lint/suspicious/noTemplateCurlyInString: VS Code's own variable
  const here = '${workspaceFolder}'
  expect(configurations[0]).toMatchObject({ type: 'node', port: 5678, localRoot: here, remoteRoot: '/edx/app/hello' })
  expect(configurations[2]).toMatchObject({ debugPort: 'localhost:5678', localfsMap: `/edx/app/hello:${here}` })
})

test.each([
  ['reload --listen 0.0.0.0:8000 -- gunicorn --preload hello.web:app', 'python'],
  ['django-server 8120', 'python'],
  ['reload -- python3.12 -m hello.worker', 'python'],
  ['reload --watch . --suffix .rb -- bin/unicorn --config-file /etc/devenv/unicorn.rb', 'ruby'],
  ['webpack --watch', 'node'],
  ['/etc/devenv/assets/sass --wait', undefined],
])('the program %s is written in %s', (command, language) => {
  expect(languageOf(command)).toBe(language)
})
