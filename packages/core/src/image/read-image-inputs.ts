import { createHash } from 'node:crypto'
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import dockerignore from '@balena/dockerignore'
import { type Definition, primaryOf } from '../definition/definition.js'
import { DevenvError } from '../problem/problem.js'
import { type BuildSpec, CHECKOUT_CONTEXT, type ImageInput, type ImageInputs } from './image-inputs.js'

/** What the definition's `build:` says. Pure. */
export function buildSpecOf(definition: Definition): BuildSpec {
  const { image, build } = primaryOf(definition)
  if (image === undefined || build === undefined) throw new Error('the definition was not checked')
  const args = Object.entries(build.args ?? {}).flatMap(([name, value]) =>
    value == null ? [] : [[name, value] as const],
  )
  return {
    name: image,
    dockerfile: join(build.dockerfile ?? join(definition.package.directory, 'Dockerfile')),
    target: build.target,
    args: Object.fromEntries(args),
    contexts: { [CHECKOUT_CONTEXT]: build.context, ...build.additional_contexts },
  }
}

/**
 * Gathers what the build may see: of the checkout what `Dockerfile.dockerignore` lets through, of each other
 * context everything that its own `.dockerignore` leaves. Of a file's metadata only the executable bit counts,
 * as for git.
 * @throws DevenvError `input-missing` for a context that is not there
 */
export function readImageInputs(spec: BuildSpec): ImageInputs {
  const files = Object.entries(spec.contexts).flatMap(([context, root]) => {
    if (!existsSync(root))
      throw new DevenvError({
        code: 'input-missing',
        file: root,
        needed: `the build context ${context} of ${spec.name}`,
      })
    const own = context === CHECKOUT_CONTEXT ? `${spec.dockerfile}.dockerignore` : join(root, '.dockerignore')
    const patterns = existsSync(own) ? parsePatterns(readFileSync(own, 'utf8')) : []
    return walk(root, patterns).map((path) => readInput(context, root, path))
  })
  return {
    spec,
    dockerfile: readFileSync(spec.dockerfile, 'utf8'),
    files: files.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)),
  }
}

export const parsePatterns = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim().replace(/^!\s+/, '!'))
    .filter((line) => line !== '' && !line.startsWith('#'))

/** Docker's own rules decide each path; only folders in which nothing can be let through are not entered. */
function walk(root: string, patterns: readonly string[]): string[] {
  // CommonJS: its types and Node disagree on where the default export is.
  const filter = dockerignore.default({ ignorecase: false }).add([...patterns])
  const allowed =
    patterns[0] === '*'
      ? patterns.filter((pattern) => pattern.startsWith('!')).map((pattern) => literalStart(pattern.slice(1)))
      : undefined
  const mayHold = (path: string) =>
    allowed === undefined ||
    allowed.some((start) => start === '' || `${path}/`.startsWith(`${start}/`) || `${start}/`.startsWith(`${path}/`))
  const found: string[] = []
  const enter = (directory: string) => {
    for (const entry of readdirSync(join(root, directory), { withFileTypes: true })) {
      const path = directory === '' ? entry.name : `${directory}/${entry.name}`
      if (entry.isDirectory()) {
        if (mayHold(path)) enter(path)
      } else if ((entry.isFile() || entry.isSymbolicLink()) && !filter.ignores(path)) {
        found.push(path)
      }
    }
  }
  enter('')
  return found
}

/** The part of a pattern before its first wildcard's segment: `requirements/*.txt` is `requirements`. */
function literalStart(pattern: string): string {
  const segments = pattern
    .replace(/^\.?\//, '')
    .replace(/\/$/, '')
    .split('/')
  const wild = segments.findIndex((segment) => /[*?[\\]/.test(segment))
  return (wild < 0 ? segments : segments.slice(0, wild)).join('/')
}

function readInput(context: string, root: string, path: string): ImageInput {
  const source = join(root, path)
  const status = lstatSync(source)
  const link = status.isSymbolicLink()
  const content = link ? readlinkSync(source) : readFileSync(source)
  const mode = link ? '120000' : status.mode & 0o100 ? '100755' : '100644'
  return { context, path, mode, sha256: createHash('sha256').update(content).digest('hex'), source }
}

const keyOf = ({ context, path }: ImageInput) => `${context}\0${path}`
