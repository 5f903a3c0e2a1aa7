import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { isOurConfiguration, planRunConfigurations } from './plan-run-configurations.js'

/** What an XML parser that is not ours finds: attributes of the configuration, and its options by name. */
const READ = `
import json, sys, xml.etree.ElementTree as tree
root = tree.fromstring(sys.stdin.read())
configuration = root.find('configuration')
options = {each.get('name'): each.get('value') for each in configuration.findall('option')}
print(json.dumps([root.tag, root.attrib, configuration.attrib, options, [each.tag for each in configuration]]))
`
const parsed = (text: string) => JSON.parse(execFileSync('python3', ['-c', READ], { input: text, encoding: 'utf8' }))

const planned = (name: string, outside: string) => {
  const [file] = planRunConfigurations([{ name, outside, kind: 'once' }])
  if (file === undefined || !('text' in file)) throw new Error('nothing was planned')
  return file
}

test('a task is a line for the shell, in the terminal of the editor, at the root of the checkout', () => {
  const { path, text } = planned('make test, with the debugger', 'make dev.test DEBUG=1')
  expect(path).toBe('.run/devenv-make-test-with-the-debugger.run.xml')
  const [root, around, configuration, options, children] = parsed(text)
  expect([root, around]).toEqual(['component', { name: 'ProjectRunConfigurationManager' }])
  expect(configuration).toEqual({
    default: 'false',
    name: 'devenv: make test, with the debugger',
    type: 'ShConfigurationType',
  })
  expect(options).toMatchObject({
    SCRIPT_TEXT: 'make dev.test DEBUG=1',
    SCRIPT_WORKING_DIRECTORY: '$PROJECT_DIR$',
    EXECUTE_IN_TERMINAL: 'true',
    EXECUTE_SCRIPT_FILE: 'false',
  })
  expect(children.filter((tag: string) => tag !== 'option')).toEqual(['envs', 'method'])
})

test('whatever a shell line holds arrives as it is', () => {
  const line = `node 'a "b" & <c>/devenv.js' --package 'x&amp;y' watch > /dev/null && echo "$HOME"`
  expect(parsed(planned('watch', line).text)[3].SCRIPT_TEXT).toBe(line)
})

test('one of devenv’s is known by its name, also as the editor writes it again', () => {
  expect(isOurConfiguration(planned('watch', 'make dev.watch').text)).toBe(true)
  const again =
    '<component name="ProjectRunConfigurationManager">\r\n  <configuration name="devenv: watch" default="false" type="ShConfigurationType">'
  expect(isOurConfiguration(again)).toBe(true)
  expect(isOurConfiguration(again.replace('devenv: watch', 'watch'))).toBe(false)
})
