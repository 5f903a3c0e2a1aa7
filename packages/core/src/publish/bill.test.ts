import { describe, expect, test } from 'vitest'
import { testEach } from '../../test/samples.js'
import type { PublishedImage } from '../registry/registry.js'
import { type BillItem, bytesToPull, renderBill, renderBillPicture, renderBytes } from './bill.js'

type Layers = [digest: string, bytes: number, createdBy?: string][]
const published = (platforms: { [platform: string]: Layers }): PublishedImage => ({
  digest: 'sha256:0',
  manifest: { digest: 'sha256:0', mediaType: '', body: Buffer.alloc(0) },
  platforms: Object.entries(platforms).map(([platform, layers]) => ({
    platform,
    labels: {},
    layers: layers.map(([digest, bytes, createdBy = '']) => ({ digest, bytes, createdBy })),
  })),
  lost: [],
})
const amd64 = (...layers: Layers) => published({ 'linux/amd64': layers })

describe('the bytes to pull', () => {
  const NEW = amd64(['base', 100], ['deps', 20], ['tools', 3])
  testEach<{ title: string; image: PublishedImage; before: PublishedImage | undefined; bytes: number }>([
    { title: 'all where there is nothing before', image: NEW, before: undefined, bytes: 123 },
    { title: 'none of the same image', image: NEW, before: NEW, bytes: 0 },
    { title: 'only of layers that are new', image: NEW, before: amd64(['base', 100], ['old', 50]), bytes: 23 },
    {
      title: 'of a layer once, however often it is there',
      image: amd64(['a', 5], ['b', 1], ['a', 5]),
      before: undefined,
      bytes: 6,
    },
    {
      title: 'of layers in whatever order',
      image: NEW,
      before: amd64(['tools', 3], ['deps', 20], ['base', 100]),
      bytes: 0,
    },
    {
      title: 'of one platform, the first, against the same one before',
      image: published({
        'linux/amd64': [
          ['a', 5],
          ['b', 1],
        ],
        'linux/arm64': [['c', 1000]],
      }),
      before: published({
        'linux/arm64': [
          ['b', 1],
          ['c', 1000],
        ],
        'linux/amd64': [['a', 5]],
      }),
      bytes: 1,
    },
    {
      title: 'all where before was for another platform only',
      image: NEW,
      before: published({ 'linux/arm64': [['base', 100]] }),
      bytes: 123,
    },
    { title: 'none of an image without platforms', image: published({}), before: NEW, bytes: 0 },
  ])('are those $title', ({ image, before, bytes }) => {
    expect(bytesToPull(image, before)).toBe(bytes)
  })
})

test.each([
  [0, '0 kB'],
  [1, '1 kB'],
  [1000, '1 kB'],
  [1001, '2 kB'],
  [99_000, '99 kB'],
  [100_000, '0.1 MB'],
  [12_345_678, '12.3 MB'],
  [999_949_999, '999.9 MB'],
  [1_234_567_890, '1.23 GB'],
])('%i bytes are %s', (bytes, text) => {
  expect(renderBytes(bytes)).toBe(text)
})

const NAME = 'ghcr.io/openedx/hello'
const item = (change: Partial<BillItem> = {}): BillItem => ({
  reference: `${NAME}:inputs-0123`,
  tags: [`${NAME}:ulmo.4-1.0.0`, `${NAME}:ulmo.4`],
  became: 'built',
  because: 'requirements.txt changed since ulmo.3',
  image: amd64(
    ['base', 30_000_000],
    ['deps', 200_000_000, 'RUN /bin/sh -c pip install -r requirements.txt # buildkit'],
    ['copy', 2_000, 'COPY . /opt/devenv/ # buildkit'],
    ['bin', 500, 'COPY bin /bin # buildkit'],
  ),
  before: { tag: 'ulmo.3', image: amd64(['base', 30_000_000], ['old', 190_000_000]) },
  ...change,
})
const lines = (...items: BillItem[]) => renderBill('@devenv/hello 1.0.0', items).split('\n')
/** The rows of the first table. */
const rows = (...items: BillItem[]) => {
  const all = lines(...items)
  const first = all.indexOf('|---|---|---:|---:|') + 1
  return all.slice(first, first + items.length)
}

describe('a bill', () => {
  test('is Markdown: how much was built, then what became of each image, what it weighs, what is to pull', () => {
    expect(lines(item()).slice(0, 7)).toEqual([
      '## @devenv/hello 1.0.0',
      '',
      '1 built, 0 only tagged, 0 unchanged.',
      '',
      '| Image | Result | Size | To pull |',
      '|---|---|---:|---:|',
      `| ${NAME}:ulmo.4-1.0.0, ${NAME}:ulmo.4 | built: requirements.txt changed since ulmo.3 | 230.0 MB | 200.0 MB after ulmo.3 |`,
    ])
  })

  test('counts every image under what became of it', () => {
    const items = [item(), item({ became: 'tagged' }), item({ became: 'tagged' }), item({ became: 'unchanged' })]
    expect(lines(...items)[2]).toBe('1 built, 2 only tagged, 1 unchanged.')
    expect(rows(...items)).toHaveLength(4)
  })

  test('names an image without tags by its inputs', () => {
    expect(rows(item({ tags: [] }))[0]).toMatch(/^\| hello:inputs-0123 \|/)
  })

  test('says that an image is new where there was none before', () => {
    expect(rows(item({ before: undefined }))[0]).toMatch(/\| new \|$/)
  })

  test('counts a layer that is there twice once, as it is pulled', () => {
    const image = amd64(['a', 4_000_000], ['a', 4_000_000])
    expect(rows(item({ image, before: undefined }))[0]).toContain('| 4.0 MB |')
  })

  test('shows the layers of what was built, large ones by their instruction, small ones together', () => {
    const all = lines(item(), item({ became: 'tagged' }), item({ became: 'unchanged' }))
    expect(all.slice(all.indexOf(`### ${NAME}:inputs-0123`))).toEqual([
      `### ${NAME}:inputs-0123`,
      '',
      '| Layer (linux/amd64) | | |',
      '|---:|---|---|',
      '| 30.0 MB | there before | the base image |',
      '| 200.0 MB | new | `RUN /bin/sh -c pip install -r requirements.txt` |',
      '| 3 kB |  | 2 smaller ones |',
      '',
    ])
  })

  test('names every platform, and shows the layers of the first', () => {
    const image = published({ 'linux/amd64': [['a', 5_000_000, 'RUN a']], 'linux/arm64': [['b', 6_000_000, 'RUN b']] })
    const all = lines(item({ image }))
    expect(all).toContain('| Layer (linux/amd64, linux/arm64) | | |')
    expect(all.join('\n')).not.toContain('RUN b')
  })

  testEach<{ title: string; createdBy: string; shown: string }>([
    { title: 'of an old builder', createdBy: '/bin/sh -c #(nop) COPY file:0 in / ', shown: '`COPY file:0 in /`' },
    { title: 'of an old builder’s RUN', createdBy: '/bin/sh -c apt-get update', shown: '`apt-get update`' },
    { title: 'of several lines', createdBy: 'RUN a \\\n   && b\t# buildkit', shown: '`RUN a \\ && b`' },
    { title: 'with a pipe, which would end a cell', createdBy: 'RUN a | b', shown: '`RUN a \\| b`' },
    { title: 'with backquotes, which would end the code', createdBy: 'RUN `a`', shown: '`RUN ˋaˋ`' },
    { title: 'that is long', createdBy: `RUN ${'x'.repeat(200)}`, shown: `\`RUN ${'x'.repeat(75)}…\`` },
  ])('shows an instruction $title in one line', ({ createdBy, shown }) => {
    expect(lines(item({ image: amd64(['a', 5_000_000, createdBy]), before: undefined }))).toContain(
      `| 5.0 MB | new | ${shown} |`,
    )
  })

  test('of an image without platforms has no layers', () => {
    expect(lines(item({ image: published({}) })).slice(-3)).toEqual([`### ${NAME}:inputs-0123`, '', ''])
  })

  test('says that nothing was asked for where that is so', () => {
    expect(renderBill('@devenv/hello 1.0.0', [])).toBe('## @devenv/hello 1.0.0\n\nThere was nothing to publish.\n')
  })
})

test('the picture of a bill leads from the causes to what was built or tagged, and on to the tags', () => {
  const snapshot = item({ reference: `${NAME}-snapshot:inputs-4567`, tags: [], before: undefined })
  expect(renderBillPicture([item(), snapshot, item({ became: 'unchanged', because: 'the registry has it' })])).toBe(
    `\`\`\`mermaid
flowchart LR
  classDef ours stroke-width:3px
  classDef cause stroke-dasharray:4
  b0["requirements.txt changed since ulmo.3"]:::cause
  b1("hello:inputs-0123<br>230.0 MB<br>to pull: 200.0 MB after ulmo.3"):::ours
  b2("hello:ulmo.4-1.0.0<br>hello:ulmo.4")
  b3("hello-snapshot:inputs-4567<br>230.0 MB<br>to pull: new"):::ours
  b0 -->|"built"| b1
  b1 --> b2
  b0 -->|"built"| b3
\`\`\`
`,
  )
  expect(renderBillPicture([item({ became: 'unchanged' })])).toBe('')
})
