import { expect, test } from 'vitest'
import { SAMPLE_PICTURE } from '../../test/samples.js'
import { renderMermaid } from './render-mermaid.js'

test('a picture is a flowchart: a box each, what has a meaning in Mermaid as an entity, and arrows', () => {
  expect(renderMermaid(SAMPLE_PICTURE).split('\n')).toEqual([
    'flowchart LR',
    '  classDef ours stroke-width:3px',
    '  classDef cause stroke-dasharray:4',
    '  b0["a #34;change#34;<br>of #35;1 #38; #60;more#62;"]:::cause',
    '  b1("hello"):::ours',
    '  b2("redis")',
    '  b3[("mysql")]',
    '  b0 -->|"rebuilds"| b1',
    '  b1 -.-> b2',
    '  b1 --> b3',
  ])
})
