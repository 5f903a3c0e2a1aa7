import { expect, test } from 'vitest'
import { type Build, renderBuildArgv } from './buildx.js'

const BUILD: Build = {
  reference: 'devenv/hello:inputs-0123',
  context: '/staged/checkout',
  contexts: { core: '/staged/core' },
  dockerfile: '/staged/Dockerfile',
  target: 'dev',
  args: { GREETING: 'good day $USER' },
  labels: { 'a.b': '{"c":1}' },
  secrets: { 'ca-bundle': '/etc/ca.pem' },
}
const after = (argv: readonly string[], flag: string) => argv[argv.indexOf(flag) + 1]

test('a build is told everything, each as one word', () => {
  const argv = renderBuildArgv(BUILD)
  expect(argv.slice(0, 3)).toEqual(['docker', 'buildx', 'build'])
  expect(after(argv, '--tag')).toBe(BUILD.reference)
  expect(after(argv, '--file')).toBe(BUILD.dockerfile)
  expect(after(argv, '--target')).toBe('dev')
  expect(after(argv, '--build-context')).toBe('core=/staged/core')
  expect(after(argv, '--build-arg')).toBe('GREETING=good day $USER')
  expect(after(argv, '--label')).toBe('a.b={"c":1}')
  expect(argv.at(-1)).toBe('/staged/checkout')
})

test('the certificates are a secret and no argument: nothing of them is baked in', () => {
  const argv = renderBuildArgv(BUILD)
  expect(after(argv, '--secret')).toBe('id=ca-bundle,src=/etc/ca.pem')
  expect(argv.filter((word) => word.includes('/etc/ca.pem'))).toHaveLength(1)
})

test('a Dockerfile without targets is built to its end', () => {
  expect(renderBuildArgv({ ...BUILD, target: undefined })).not.toContain('--target')
})
