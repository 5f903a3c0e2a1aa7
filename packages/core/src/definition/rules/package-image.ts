import { existsSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import dockerignore from '@balena/dockerignore'
import { type Definition, dockerfileOf, primaryOf } from '../definition.js'
import { flagsOf, type Instruction, parseInstructions } from '../dockerfile.js'
import { literalStart, parsePatterns } from '../ignore-patterns.js'
import type { Rule } from './rule.js'

const CLAUSE = 'docs/add-a-service.md, Dockerfile'

export const imageIsComplete: Rule = {
  name: 'image-is-complete',
  clause: CLAUSE,
  why: 'A container starts with devenv’s own files, supervisord, the programs and the targets of the package.',
  check: ({ definition }) => {
    const file = dockerfileOf(definition)
    const instructions = readInstructions(definition)
    if (instructions.length === 0) return []
    const copies = (from: string, to: string) =>
      instructions.some(
        (each) =>
          each.name === 'COPY' &&
          flagsOf(each, 'from').includes(from) &&
          posix.join(each.words.at(-1) ?? '', '/') === to,
      )
    const target = primaryOf(definition).build?.target
    const parts = [
      {
        there: target === undefined || stagesOf(instructions).includes(target.toLowerCase()),
        what: `The Dockerfile has no stage ${target}, and that is the one to build.`,
        fix: `FROM … AS ${target}`,
      },
      {
        there: copies('core', '/opt/devenv/'),
        what: 'The image does not get devenv’s own files.',
        fix: 'COPY --from=core . /opt/devenv/',
      },
      {
        there: instructions.some(({ name, words }) => name === 'RUN' && words.includes('/opt/devenv/build/install')),
        what: 'The image does not get supervisord.',
        fix: 'RUN --mount=type=secret,id=ca-bundle sh /opt/devenv/build/install',
      },
      {
        there: copies('package', '/etc/devenv/'),
        what: 'The image does not get the programs and targets of the package.',
        fix: 'COPY --from=package . /etc/devenv/',
      },
    ]
    return parts.flatMap(({ there, what, fix }) => (there ? [] : [{ place: { file }, what, fix }]))
  },
}

export const directoryIsOne: Rule = {
  name: 'directory-is-one',
  clause: CLAUSE,
  why: 'Commands start in WORKDIR, and the checkout is mounted at working_dir.',
  check: ({ definition, source }) => {
    const { working_dir, build } = primaryOf(definition)
    const built = workdirOf(readInstructions(definition), build?.target)
    if (built === undefined || working_dir === undefined || posix.join(built, '/') === posix.join(working_dir, '/'))
      return []
    return [
      {
        place: source.placeOf(['services', definition.primary, 'working_dir']),
        what: `WORKDIR of the image is ${built}, but working_dir of ${definition.primary} is ${working_dir}.`,
        fix: `Write one of them in both places, and where the checkout is mounted: WORKDIR ${working_dir}`,
      },
    ]
  },
}

export const contextHoldsFiles: Rule = {
  name: 'context-holds-files',
  clause: CLAUSE,
  why: 'The build sees only the files of the checkout that the ignore file lets through.',
  check: ({ definition }) => {
    const file = `${dockerfileOf(definition)}.dockerignore`
    if (!existsSync(file)) return []
    const patterns = parsePatterns(readFileSync(file, 'utf8'))
    const filter = dockerignore.default({ ignorecase: false }).add(patterns)
    // Of a folder a part is enough.
    const starts = patterns.flatMap((pattern) => (pattern.startsWith('!') ? [literalStart(pattern.slice(1))] : []))
    const hidden = readInstructions(definition)
      .flatMap(takenFromCheckout)
      .filter(
        (path) => filter.ignores(path) && !starts.some((start) => start === '' || `${start}/`.startsWith(`${path}/`)),
      )
    return [...new Set(hidden)].map((path) => ({
      place: { file },
      what: `The Dockerfile uses ${path}, which the ignore file hides.`,
      fix: `!${path}`,
    }))
  },
}

/** The names of its stages, and their numbers. Pure. */
const stagesOf = (instructions: readonly Instruction[]): string[] =>
  instructions
    .filter(({ name }) => name === 'FROM')
    .flatMap(({ words }, index) => [`${index}`, words[1]?.toUpperCase() === 'AS' ? (words[2] ?? '').toLowerCase() : []])
    .flat()

const readInstructions = (definition: Definition): Instruction[] => {
  const file = dockerfileOf(definition)
  return existsSync(file) ? parseInstructions(readFileSync(file, 'utf8')) : []
}

/** WORKDIR at the end of a stage; `undefined`: its base’s, or one that a variable names. Pure. */
function workdirOf(instructions: readonly Instruction[], target: string | undefined): string | undefined {
  const workdirs = new Map<string, string | undefined>()
  let stage = ''
  for (const { name, words } of instructions) {
    if (name === 'FROM') {
      if (stage !== '' && stage === target?.toLowerCase()) break
      const inherited = workdirs.get(words[0]?.toLowerCase() ?? '')
      stage = words[2]?.toLowerCase() ?? `${workdirs.size}`
      workdirs.set(stage, inherited)
    }
    const path = words[0]
    if (name === 'WORKDIR' && path !== undefined)
      workdirs.set(stage, path.includes('$') ? undefined : posix.resolve(workdirs.get(stage) ?? '/', path))
  }
  return workdirs.get(stage)
}

/** What an instruction copies, mounts or uses below a mount from the checkout, patterns and variables left out. Pure. */
function takenFromCheckout(instruction: Instruction): string[] {
  const { name, words } = instruction
  if (name === 'RUN')
    return flagsOf(instruction, 'mount').flatMap((mount) => {
      const { source, target } = mountedFromCheckout(mount)
      const used = target === undefined ? [] : usedBelow(target, words)
      return [source, ...used.map((path) => posix.join(source, path))].flatMap(plainPath)
    })
  if ((name !== 'COPY' && name !== 'ADD') || flagsOf(instruction, 'from').length > 0) return []
  const sources = words[0]?.startsWith('[')
    ? words
        .join('')
        .replace(/[[\]"]/g, '')
        .split(',')
    : words
  return sources.slice(0, -1).flatMap(plainPath)
}

/**
 * `type=bind,source=uv.lock,target=/x`; without a type it is `bind` as well. A folder that can be written to may hold files of its own:
 * then its `target` is left out. Pure.
 */
function mountedFromCheckout(mount: string): { source: string; target?: string | undefined } {
  const fields = new Map(
    mount.split(',').map((field) => {
      const [key = '', value = ''] = field.split('=')
      return [key, value]
    }),
  )
  const source = fields.get('source') ?? fields.get('src') ?? ''
  if ((fields.get('type') ?? 'bind') !== 'bind' || fields.has('from')) return { source: '' }
  if (fields.has('rw') || fields.has('readwrite')) return { source }
  return { source, target: fields.get('target') ?? fields.get('dst') ?? fields.get('destination') }
}

/** The files below a folder that a command names: `-r /requirements/base.txt`, `--requirement=/requirements/base.txt`. */
const usedBelow = (folder: string, words: readonly string[]): string[] =>
  words.flatMap((word) => {
    const path = word.replace(/^-[^=/]*=?/, '').replace(/["';)]/g, '')
    return path.startsWith(posix.join(folder, '/')) ? [posix.relative(folder, path)] : []
  })

const plainPath = (path: string): string[] =>
  /[*?[\\$]|^<<|:\/\//.test(path)
    ? []
    : [posix.join(path).replace(/^\//, '').replace(/\/$/, '')].filter((each) => !/^\.?$/.test(each))
