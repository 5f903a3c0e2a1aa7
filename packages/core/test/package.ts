import { spawnSync } from 'node:child_process'
import type { EnvironmentPackage } from '../src/definition/definition.js'
import { SAMPLE_PACKAGE, temporaryFolder, writeFiles } from './samples.js'

const ENTRYPOINT = 'FROM debian:12\nENTRYPOINT ["/opt/devenv/bin/entrypoint"]\n'
const FILES = {
  'package.json': '{"name":"@devenv/hello","version":"1.0.0"}',
  Dockerfile: ENTRYPOINT,
  'Dockerfile.dockerignore': '*\n!requirements\n',
  'Dockerfile.uv': `${ENTRYPOINT}# uv\n`,
  'Dockerfile.uv.dockerignore': '*\n!uv.lock\n',
  'image/supervisor/web.conf': '[program:web]\ncommand=x\n',
  'compose.uv.yaml': `services:
  hello: { build: { dockerfile: "\${DEVENV_PACKAGE:-.}/Dockerfile.uv" } }
`,
  'compose.pip.yaml': `services:
  hello: { build: { args: { TOOL: pip } } }
`,
  'compose.yaml': `name: hello
x-devenv:
  primary: hello
  recognised-by: [Makefile]
  variants:
    uv: { recognised-by: [uv.lock] }
    pip: { recognised-by: [requirements/base.txt] }
services:
  hello:
    image: devenv/hello
    build:
      context: \${DEVENV_CHECKOUT:-.}
      dockerfile: \${DEVENV_PACKAGE:-.}/Dockerfile
      additional_contexts: { package: "\${DEVENV_PACKAGE:-.}/image" }
      args: { GREETING: "\${GREETING:-hello}", DEVENV_MIRROR: "\${DEVENV_MIRROR:-docker.io}" }
    working_dir: /edx/app/hello
    volumes: ["\${DEVENV_CHECKOUT:-.}:/edx/app/hello"]
    healthcheck: { test: [CMD, "true"], start_period: 60s, start_interval: 200ms }
`,
}

/**
 * A package on disk that follows the rules and knows two shapes of checkouts, by `uv.lock` or `requirements/base.txt`.
 * @param says more of `x-devenv`, as YAML
 * @param files more files, or others in their place
 */
export function samplePackage(says = '', files: { [path: string]: string } = {}): EnvironmentPackage {
  const directory = writeFiles(temporaryFolder(), {
    ...FILES,
    'compose.yaml': FILES['compose.yaml'].replace('services:', `${says}services:`),
    ...files,
  })
  return { ...SAMPLE_PACKAGE, directory }
}

/** Whether Compose is there: it resolves packages, without an engine. */
export const composes = spawnSync('docker', ['compose', 'version']).status === 0
