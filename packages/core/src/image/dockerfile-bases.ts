import { flagsOf, type Instruction, parseInstructions } from '../definition/dockerfile.js'

/**
 * An image that a Dockerfile starts from, copies from or mounts, as it names it. `platform`: the one that is built for,
 * or another that `FROM --platform=` asks for.
 */
export type Base = { image: string; platform: 'target' | 'other' }

/** A word of which it cannot be told what BuildKit makes of it. */
export class UnclearWord extends Error {}

/** What a build is given: arguments, which win over defaults, and contexts by name. */
type Given = { args: Readonly<Record<string, string>>; contexts: readonly string[] }

/** What TARGETARCH and its kin may be: one digest counts for all platforms. */
const MACHINES = ['amd64', 'arm64']
const otherThan = (machine: string): string => MACHINES.find((other) => other !== machine) ?? machine

/**
 * The images that a Dockerfile takes from elsewhere, each once; its own stages and contexts left out. Read as BuildKit
 * reads it (https://github.com/moby/buildkit/blob/master/frontend/dockerfile/dockerfile2llb/convert.go): a FROM knows the
 * arguments that stand before the first FROM, and no others; a context takes the place of a stage of its name; what stands
 * behind ONBUILD belongs to the stages that start from this one. Pure.
 * @throws UnclearWord
 */
export function parseBases(dockerfile: string, given: Given): Base[] {
  const instructions = parseInstructions(dockerfile)
  const bases = MACHINES.flatMap((machine) => basesFor(machine, instructions, given))
  return [...new Map(bases.map((base) => [`${base.platform} ${base.image}`, base])).values()]
}

type Stage = { from: Instruction; name: string | undefined; rest: Instruction[] }

function basesFor(machine: string, instructions: readonly Instruction[], { args, contexts }: Given): Base[] {
  const first = instructions.findIndex(({ name }) => name === 'FROM')
  const values = globalArguments(machine, instructions.slice(0, first < 0 ? undefined : first), args)
  const stages = stagesOf(instructions.slice(first < 0 ? instructions.length : first))
  const given = new Set(contexts.map((name) => name.toLowerCase()))
  const names = new Set([...given, ...stages.flatMap(({ name }) => name ?? [])])
  const before = new Map<string, Stage>()
  const bases: Base[] = []
  for (const stage of stages) {
    if (stage.name !== undefined && given.has(stage.name)) continue
    const image = fill(stage.from.words[0] ?? '', values)
    const platform = fill(flagsOf(stage.from, 'platform')[0] ?? `linux/${machine}`, values)
    const parent = before.get(image.toLowerCase())
    if (parent === undefined && !given.has(image.toLowerCase()))
      bases.push({ image, platform: platform === `linux/${machine}` ? 'target' : 'other' })
    const triggered = parent?.rest.filter(({ trigger }) => trigger) ?? []
    // A later stage may be named, or a stage's number; arguments may not: BuildKit refuses a `$` there.
    for (const taken of [...triggered, ...stage.rest.filter(({ trigger }) => !trigger)].flatMap(takenBy))
      if (!names.has(taken.toLowerCase()) && !/^\d+$|\$/.test(taken)) bases.push({ image: taken, platform: 'target' })
    if (stage.name !== undefined) before.set(stage.name, stage)
  }
  return bases.filter(({ image }) => image !== '' && image !== 'scratch')
}

function stagesOf(instructions: readonly Instruction[]): Stage[] {
  const stages: Stage[] = []
  for (const each of instructions) {
    if (each.name === 'FROM') stages.push({ from: each, name: stageOf(each), rest: [] })
    else stages.at(-1)?.rest.push(each)
  }
  return stages
}

/** What a COPY copies from, and what a RUN mounts. */
function takenBy(instruction: Instruction): string[] {
  if (instruction.name === 'COPY') return flagsOf(instruction, 'from')
  return instruction.name === 'RUN' ? flagsOf(instruction, 'mount').flatMap(parseMountFrom) : []
}

/** The arguments that a FROM knows; of several of one name, the last. */
function globalArguments(machine: string, instructions: readonly Instruction[], args: Given['args']) {
  const values = new Map<string, string>()
  // A builder may be of another machine than the image.
  for (const [side, arch] of [['TARGET', machine] as const, ['BUILD', otherThan(machine)] as const]) {
    const parts = { PLATFORM: `linux/${arch}`, OS: 'linux', ARCH: arch, VARIANT: '' }
    for (const [part, value] of Object.entries(parts)) values.set(side + part, args[side + part] ?? value)
  }
  for (const { name, words } of instructions) {
    if (name !== 'ARG') continue
    for (const word of words) {
      const [, key = '', assigned] = /^([^=]*)(?:=(.*))?$/s.exec(word) ?? []
      const value = args[key] ?? (assigned === undefined ? undefined : fill(assigned, values))
      if (value !== undefined) values.set(key, value)
    }
  }
  return values
}

const stageOf = ({ words }: Instruction): string | undefined =>
  words[1]?.toLowerCase() === 'as' ? words[2]?.toLowerCase() : undefined

/** `type=bind,from=image,target=/x`, in the form of CSV. */
const parseMountFrom = (mount: string): string[] =>
  mount.split(',').flatMap((field) => /^"?from=([^"]*)"?$/i.exec(field)?.[1] ?? [])

/** A word with its quotes and variables taken: `$V`, `${V}`, `${V-x}`, `${V:-x}` and the same with `+` and `?`. */
function fill(word: string, values: ReadonlyMap<string, string>): string {
  let at = 0
  const readTo = (end: string): string => {
    let text = ''
    while (at < word.length && word[at] !== end) {
      const sign = word[at++]
      if (sign === '$') text += readVariable()
      else if (sign === '\\') text += word[at++] ?? ''
      else if (sign === '"') text += readTo('"')
      else if (sign === "'" && end !== '"') text += readPlain()
      else text += sign
    }
    at++
    return text
  }
  const readPlain = (): string => {
    const start = at
    at = word.indexOf("'", start) + 1 || word.length + 1
    return word.slice(start, at - 1)
  }
  const readVariable = (): string => {
    const [bare] = /^[A-Za-z_]\w*/.exec(word.slice(at)) ?? []
    if (bare !== undefined) {
      at += bare.length
      return values.get(bare) ?? ''
    }
    const [opening, name = '', empty, operator] = /^\{(\w+)(?:(:?)([-+?])|(?=\}))/.exec(word.slice(at)) ?? []
    if (opening === undefined) throw new UnclearWord(word)
    at += opening.length
    const other = readTo('}')
    const value = values.get(name)
    const isSet = empty === ':' ? Boolean(value) : value !== undefined
    if (operator === '+') return isSet ? other : ''
    return operator === '-' && !isSet ? other : (value ?? '')
  }
  return readTo('')
}
