/**
 * What a person typed to make, taken from the MAKEFLAGS that make hands to a recipe. Pure.
 *
 * MAKEFLAGS is a bundle of short options without its dash, then other options, then ` -- ` and the variables
 * (https://www.gnu.org/software/make/manual/html_node/Options_002fRecursion.html). Blanks and `\` in a
 * variable are escaped by `\`, and `$` is doubled. What joins a recipe to its make's job slots is left out: it
 * names file descriptors that do not exist inside the container.
 * @param overrides the variables, where make hands down only `$(MAKEOVERRIDES)` (with -e)
 */
export function parseMakeFlags(makeflags: string, overrides: string | undefined): string[] {
  const words = splitWords(overrides === undefined ? makeflags : makeflags.replace('$(MAKEOVERRIDES)', () => overrides))
  const dashes = words.indexOf('--')
  // GNU make before 4.0 writes no `--`.
  const isVariable = (word: string) => dashes < 0 && !word.startsWith('-') && word.includes('=')
  const options = dashes < 0 ? words.filter((word) => !isVariable(word)) : words.slice(0, dashes)
  const variables = dashes < 0 ? words.filter(isVariable) : words.slice(dashes + 1)
  const shared = options.some((word) => JOB_SLOTS.test(word))
  const typed = options.flatMap((word, index) => {
    // Beside shared slots, a bare -j says nothing of how many there are; alone it would mean any number.
    if (JOB_SLOTS.test(word) || word === '-' || (shared && word === '-j')) return []
    return [index === 0 && !word.startsWith('-') ? `-${word}` : word]
  })
  return [...typed, ...variables].map((word) => word.replaceAll('$$', '$'))
}

const JOB_SLOTS = /^--(jobserver-auth|jobserver-fds|jobserver-style|sync-mutex)\b/

function splitWords(text: string): string[] {
  const words: string[] = []
  let word: string | undefined
  for (let at = 0; at < text.length; at++) {
    const character = text[at] as string
    if (character === '\\' && at + 1 < text.length) {
      word = (word ?? '') + text[++at]
    } else if (character === ' ' || character === '\t') {
      if (word !== undefined) words.push(word)
      word = undefined
    } else {
      word = (word ?? '') + character
    }
  }
  if (word !== undefined) words.push(word)
  return words
}
