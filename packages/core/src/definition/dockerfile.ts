/**
 * One instruction of a Dockerfile. `trigger`: ONBUILD stands before it, so it runs in the stages that start from this one.
 * `words` keep their quotes and variables; flags have lost their quotes.
 */
export type Instruction = {
  name: string
  trigger: boolean
  flags: readonly [name: string, value: string][]
  words: readonly string[]
}

/**
 * Read as BuildKit reads it (https://github.com/moby/buildkit/blob/master/frontend/dockerfile/parser/parser.go). Why no
 * library does it: docs/decisions/0012-we-read-the-dockerfile-ourselves.md. Pure.
 */
export function parseInstructions(dockerfile: string): Instruction[] {
  return joinLines(dockerfile).map((line): Instruction => {
    const [triggers = ''] = /^\s*(?:ONBUILD\s+)*/i.exec(line) ?? []
    const [name = '', ...words] = line.slice(triggers.length).match(WORD) ?? []
    const end = words.findIndex((word) => !word.startsWith('--'))
    const flags = words.slice(0, end < 0 ? undefined : end).map((word): [string, string] => {
      const [, flag = '', value = ''] = /^--([^=]*)(?:=(.*))?$/s.exec(word.replace(/["']/g, '')) ?? []
      return [flag, value]
    })
    return { name: name.toUpperCase(), trigger: triggers.trim() !== '', flags, words: end < 0 ? [] : words.slice(end) }
  })
}

export const flagsOf = ({ flags }: Instruction, wanted: string): string[] =>
  flags.filter(([flag]) => flag === wanted).map(([, value]) => value)

/** Text without a blank, or with quoted ones. The blanks after `<<` belong to the word: `cat << EOF`. */
const WORD = /(?:(?<!<)<<[ \t]+(?=[^\s<])|[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*'|["'\\])+/gs

/** One instruction a line: comments and blank lines go, a line that ends in the escape character goes on, scripts go. */
function joinLines(dockerfile: string): string[] {
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
    const [, dash, end] = /^\d*<<(-?)\s*([^<]+)$/.exec(word) ?? []
    return end === undefined ? [] : [{ end: end.replace(/["'\\]/g, ''), indented: dash === '-' }]
  })
}
