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
 * reads it (https://github.com/moby/buildkit/tree/master/frontend/dockerfile): a FROM knows the arguments that stand
 * before the first FROM, and no others. Pure.
 * @throws UnclearWord
 */
export function parseBases(dockerfile: string, given: Given): Base[] {
  const instructions = parseInstructions(dockerfile)
  const bases = MACHINES.flatMap((machine) => basesFor(machine, instructions, given))
  return [...new Map(bases.map((base) => [`${base.platform} ${base.image}`, base])).values()]
}

function basesFor(machine: string, instructions: readonly Instruction[], { args, contexts }: Given): Base[] {
  const values = globalArguments(machine, instructions, args)
  const known = new Set(contexts.map((name) => name.toLowerCase()))
  const names = new Set([...known, ...instructions.flatMap((each) => stageOf(each) ?? [])])
  const bases = instructions.flatMap((each): Base[] => {
    // These may name a stage that comes later, or its number; and know no arguments: BuildKit refuses a `$` there.
    const copied = each.name === 'COPY' ? flagsOf(each, 'from') : []
    const mounted = each.name === 'RUN' ? flagsOf(each, 'mount').flatMap(parseMountFrom) : []
    const taken = [...copied, ...mounted].filter((image) => !names.has(image.toLowerCase()) && !/^\d+$|\$/.test(image))
    if (each.name !== 'FROM') return taken.map((image) => ({ image, platform: 'target' }))
    const image = fill(each.words[0] ?? '', values)
    const platform = fill(flagsOf(each, 'platform')[0] ?? `linux/${machine}`, values)
    const ours = known.has(image.toLowerCase())
    const stage = stageOf(each)
    if (stage !== undefined) known.add(stage)
    return ours ? [] : [{ image, platform: platform === `linux/${machine}` ? 'target' : 'other' }]
  })
  return bases.filter(({ image }) => image !== '' && image !== 'scratch')
}

/** The arguments that a FROM knows; of several of one name, the last. */
function globalArguments(machine: string, instructions: readonly Instruction[], args: Given['args']) {
  const values = new Map<string, string>()
  // A builder may be of another machine than the image.
  for (const [side, arch] of [['TARGET', machine] as const, ['BUILD', otherThan(machine)] as const]) {
    const parts = { PLATFORM: `linux/${arch}`, OS: 'linux', ARCH: arch, VARIANT: '' }
    for (const [part, value] of Object.entries(parts)) values.set(side + part, args[side + part] ?? value)
  }
  const first = instructions.findIndex(({ name }) => name === 'FROM')
  for (const { name, words } of instructions.slice(0, first < 0 ? undefined : first)) {
    if (name !== 'ARG') continue
    for (const word of words) {
      const [, key = '', assigned] = /^([^=]*)(?:=(.*))?$/s.exec(word) ?? []
      const value = args[key] ?? (assigned === undefined ? undefined : fill(assigned, values))
      if (value !== undefined) values.set(key, value)
    }
  }
  return values
}

const stageOf = ({ name, words }: Instruction): string | undefined =>
  name === 'FROM' && words[1]?.toLowerCase() === 'as' ? words[2]?.toLowerCase() : undefined

const flagsOf = ({ flags }: Instruction, wanted: string): string[] =>
  flags.filter(([flag]) => flag === wanted).map(([, value]) => value)

/** `type=bind,from=image,target=/x`, in the form of CSV. */
const parseMountFrom = (mount: string): string[] =>
  mount.split(',').flatMap((field) => /^"?from=([^"]*)"?$/i.exec(field)?.[1] ?? [])

type Instruction = { name: string; flags: readonly [name: string, value: string][]; words: readonly string[] }

/** Text without a blank, or with quoted ones. */
const WORD = /(?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*'|["'\\])+/gs

function parseInstructions(dockerfile: string): Instruction[] {
  return readLines(dockerfile).map((line): Instruction => {
    const [name = '', ...words] = line.replace(/^\s*(?:ONBUILD\s+)+/i, '').match(WORD) ?? []
    const end = words.findIndex((word) => !word.startsWith('--'))
    const flags = words.slice(0, end < 0 ? undefined : end).map((word): [string, string] => {
      const [, flag = '', value = ''] = /^--([^=]*)(?:=(.*))?$/s.exec(word.replace(/["']/g, '')) ?? []
      return [flag, value]
    })
    return { name: name.toUpperCase(), flags, words: end < 0 ? [] : words.slice(end) }
  })
}

/** One instruction a line: comments and blank lines go, a line that ends in the escape character goes on, scripts go. */
function readLines(dockerfile: string): string[] {
  const text = dockerfile.replace(/^\uFEFF/, '')
  const sign = /^(?:[ \t]*#[ \t]*\w+[ \t]*=.*\n)*?[ \t]*#[ \t]*escape[ \t]*=[ \t]*`/i.test(text) ? '`' : '\\\\'
  const goesOn = new RegExp(`(^|[^${sign}])${sign}[ \\t]*$`)
  const lines = text.split(/\r?\n/)
  const found: string[] = []
  while (lines.length > 0) {
    let instruction = ''
    for (let more = true; more && lines.length > 0; ) {
      const line = lines.shift() ?? ''
      if (/^\s*#/.test(line) || (instruction !== '' && line.trim() === '')) continue
      more = goesOn.test(line)
      instruction += line.replace(goesOn, '$1')
    }
    if (instruction.trim() !== '') found.push(instruction)
    for (const { end, indented } of scriptsOf(instruction)) {
      const at = lines.findIndex((line) => (indented ? line.replace(/^\t+/, '') : line) === end)
      lines.splice(0, at < 0 ? undefined : at + 1)
    }
  }
  return found
}

/** The scripts that follow an instruction: `<<EOF`, `<<-"END"`, a word of its own. */
function scriptsOf(instruction: string): { end: string; indented: boolean }[] {
  if (!/^\s*(?:ONBUILD\s+)*(?:ADD|COPY|RUN)\s/i.test(instruction)) return []
  return (instruction.match(WORD) ?? []).flatMap((word) => {
    const [, dash, end] = /^\d*<<(-?)([^<]+)$/.exec(word) ?? []
    return end === undefined ? [] : [{ end: end.replace(/["'\\]/g, ''), indented: dash === '-' }]
  })
}

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
