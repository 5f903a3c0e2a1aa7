import { type BoxKind, numbered, type Picture } from './picture.js'

const LOOKS: { readonly [kind in BoxKind]: string } = {
  ours: 'shape=box style="rounded,filled" fillcolor="#dbeafe" color="#2563eb"',
  server: 'shape=box style="rounded,filled" fillcolor="#f1f5f9" color="#64748b"',
  store: 'shape=cylinder style=filled fillcolor="#f1f5f9" color="#64748b"',
  cause: 'shape=note style=filled fillcolor="#fef9c3" color="#a16207"',
}

/** As Graphviz reads it (https://graphviz.org/doc/info/lang.html). Pure. */
export function renderDot(picture: Picture): string {
  const { boxes, arrows } = numbered(picture)
  return [
    'digraph {',
    '  rankdir=LR bgcolor=white pad=0.3 nodesep=0.25 ranksep=0.5',
    // The text of every browser has the width that Graphviz reckons with: all letters of such fonts are equally wide.
    '  node [fontname=Courier fontsize=11 margin="0.16,0.1"]',
    '  edge [fontname=Courier fontsize=10 color="#475569" fontcolor="#475569"]',
    ...boxes.map(({ kind, lines: [name = '', ...more] }, number) => {
      const label = [`<b>${escaped(name)}</b>`, ...more.map(escaped)].map((line) => `${line}<br align="left"/>`)
      return `  b${number} [label=<${label.join('')}> ${LOOKS[kind]}]`
    }),
    ...arrows.map(({ between: [from, to], text = '', optional }) => {
      return `  b${from} -> b${to} [label=<${escaped(text)}>${optional ? ' style=dashed' : ''}]`
    }),
    '}',
  ].join('\n')
}

const escaped = (text: string): string => text.replace(/["&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`)
