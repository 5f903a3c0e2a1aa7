import { type BoxKind, numbered, type Picture } from './picture.js'

const BRACKETS: { readonly [kind in BoxKind]: readonly [string, string] } = {
  ours: ['(', '):::ours'],
  server: ['(', ')'],
  store: ['[(', ')]'],
  cause: ['[', ']:::cause'],
}
/** Without colours: the theme of the page has them, a dark one too. */
const CLASSES = ['classDef ours stroke-width:3px', 'classDef cause stroke-dasharray:4']

/** As Mermaid, which GitHub draws where it stands in a fence of that name (https://mermaid.js.org/syntax/flowchart.html). Pure. */
export function renderMermaid(picture: Picture): string {
  const { boxes, arrows } = numbered(picture)
  return [
    'flowchart LR',
    ...CLASSES.map((line) => `  ${line}`),
    ...boxes.map(({ kind, lines }, number) => {
      const [open, close] = BRACKETS[kind]
      return `  b${number}${open}"${lines.map(escaped).join('<br>')}"${close}`
    }),
    ...arrows.map(({ between: [from, to], text, optional }) => {
      const words = text === undefined ? '' : `|"${escaped(text)}"|`
      return `  b${from} ${optional ? '-.->' : '-->'}${words} b${to}`
    }),
  ].join('\n')
}

/** Mermaid takes an entity for what has a meaning in its texts. */
const escaped = (text: string): string => text.replace(/["#&<>`]/g, (sign) => `#${sign.charCodeAt(0)};`)
