import { expect, test } from 'vitest'
import type { Rebuilds } from '../image/rebuilds.js'
import { renderMermaid } from '../picture/render-mermaid.js'
import { drawRebuilds } from './draw-rebuilds.js'

const WHEN = { service: 'hello', files: [], installed: [], stores: [], libraries: [], image: false, address: false }
const REBUILDS: Rebuilds = {
  image: 'devenv/hello:inputs-0',
  inputs: { Dockerfile: ['target dev'], checkout: ['requirements.txt'] },
  steps: [
    { ...WHEN, name: 'migrations', files: ['*/migrations/*.py'], installed: ['/opt/**/*.py'], stores: ['mysql'] },
    { ...WHEN, name: 'assets', image: true, address: true },
  ],
}
const drawn = (...rebuilds: Rebuilds[]) => renderMermaid(drawRebuilds(rebuilds)).split('\n').slice(3)

test('inputs lead to the image, the image and its causes to steps, steps to stores, and all other files to no rebuild', () => {
  expect(drawn(REBUILDS)).toEqual([
    '  b0("image devenv/hello<br>inputs-0"):::ours',
    '  b1["Dockerfile<br>target dev"]:::cause',
    '  b2["files of the checkout<br>requirements.txt"]:::cause',
    '  b3("step migrations")',
    '  b4["files of the checkout<br>*/migrations/*.py"]:::cause',
    '  b5[("mysql")]',
    '  b6("step assets")',
    '  b7["address of the service"]:::cause',
    '  b8["every other file of the checkout"]:::cause',
    '  b9("programs reload<br>nothing is rebuilt"):::ours',
    '  b1 -->|"rebuilds"| b0',
    '  b2 -->|"rebuilds"| b0',
    '  b0 -->|"may repeat"| b3',
    '  b4 -->|"repeats"| b3',
    '  b3 -->|"fills"| b5',
    '  b0 -->|"repeats"| b6',
    '  b7 -->|"repeats"| b6',
    '  b8 --> b9',
  ])
})

test('what several releases share is drawn once', () => {
  const both = drawn(REBUILDS, { ...REBUILDS, image: 'devenv/hello:inputs-1', inputs: { Dockerfile: ['target dev'] } })
  expect(both.filter((line) => line.includes('Dockerfile'))).toHaveLength(1)
  expect(both.filter((line) => line.includes('fills'))).toHaveLength(1)
  expect(both.filter((line) => line.startsWith('  b1 -->'))).toHaveLength(2)
})

test('many files are counted by their folders', () => {
  const files = ['setup.py', ...Array.from({ length: 9 }, (_, index) => `bin/${index}`)]
  const [, box] = drawn({ ...REBUILDS, inputs: { core: files } })
  expect(box).toBe('  b1["files of devenv<br>setup.py<br>bin/ (9 files)"]:::cause')
  const roots = Array.from({ length: 10 }, (_, index) => `file-${index}`)
  expect(drawn({ ...REBUILDS, inputs: { other: roots } })[1]).toMatch(
    /^ {2}b1\["other<br>file-0.*file-7<br>and 2 more"\]/,
  )
})
