import { expect, test } from 'vitest'
import { SAMPLE_PICTURE } from '../../test/samples.js'
import { drawSvg } from './draw-svg.js'
import { renderDot } from './render-dot.js'

test('Graphviz is told of each box and arrow, the name of a box in bold', () => {
  const lines = renderDot(SAMPLE_PICTURE).split('\n')
  expect(lines.find((line) => line.includes('b0 ['))).toContain(
    'label=<<b>a &#34;change&#34;</b><br align="left"/>of #1 &#38; &#60;more&#62;<br align="left"/>>',
  )
  expect(lines.filter((line) => line.includes('->'))).toEqual([
    '  b0 -> b1 [label=<rebuilds>]',
    '  b1 -> b2 [label=<> style=dashed]',
    '  b1 -> b3 [label=<>]',
  ])
})

test('the picture is SVG with every word of it', async () => {
  const svg = await drawSvg(SAMPLE_PICTURE)
  expect(svg).toMatch(/^<\?xml[\s\S]*<svg [\s\S]*<\/svg>\s*$/)
  expect([...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text)).toEqual(
    expect.arrayContaining(['a &quot;change&quot;', 'of #1 &amp; &lt;more&gt;', 'hello', 'redis', 'mysql', 'rebuilds']),
  )
})
