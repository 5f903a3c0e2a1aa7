import { Graphviz } from '@hpcc-js/wasm-graphviz'
import type { Picture } from './picture.js'
import { renderDot } from './render-dot.js'

/** As SVG, for a browser. Graphviz is loaded here alone: it takes a tenth of a second. */
export async function drawSvg(picture: Picture): Promise<string> {
  const graphviz = await Graphviz.load()
  return graphviz.dot(renderDot(picture), 'svg')
}
