import type { Box, Picture } from '../picture/picture.js'
import { renderMermaid } from '../picture/render-mermaid.js'
import type { PublishedImage, PublishedLayer } from '../registry/registry.js'

/** What became of one image, for the person who pays for it in time and bytes. */
export type BillItem = {
  reference: string
  /** Every tag that leads to it after this. */
  tags: readonly string[]
  became: 'built' | 'tagged' | 'unchanged'
  because: string
  image: PublishedImage
  /** What a developer has who has the release before: its tag and its image. */
  before: { tag: string; image: PublishedImage } | undefined
}

/** Bytes of the layers that a machine with `before` does not have, for the platform that both have. Pure. */
export function bytesToPull(image: PublishedImage, before: PublishedImage | undefined): number {
  const [platform] = image.platforms
  const had = before?.platforms.find((other) => other.platform === platform?.platform)
  const known = new Set(had?.layers.map(({ digest }) => digest))
  const unknown = (platform?.layers ?? []).filter(({ digest }) => !known.has(digest))
  return bytesOf([...new Map(unknown.map((layer) => [layer.digest, layer])).values()])
}

const bytesOf = (layers: readonly PublishedLayer[]): number => layers.reduce((sum, { bytes }) => sum + bytes, 0)

/** As Markdown, which a person can read as it is. Pure. */
export function renderBill(title: string, items: readonly BillItem[]): string {
  if (items.length === 0) return `## ${title}\n\nThere was nothing to publish.\n`
  const count = (became: BillItem['became']) => items.filter((item) => item.became === became).length
  const rows = items.map(({ reference, tags, became, because, image, before }) => {
    const size = bytesToPull(image, undefined)
    const named = tags.join(', ') || tagIn(reference)
    return `| ${named} | ${became}: ${because} | ${renderBytes(size)} | ${renderPull(image, before)} |`
  })
  const layers = items
    .filter(({ became }) => became === 'built')
    .flatMap(({ reference, image, before }) => ['', `### ${reference}`, '', ...renderLayers(image, before?.image)])
  return [
    `## ${title}`,
    '',
    `${count('built')} built, ${count('tagged')} only tagged, ${count('unchanged')} unchanged.`,
    '',
    '| Image | Result | Size | To pull |',
    '|---|---|---:|---:|',
    ...rows,
    ...layers,
    '',
  ].join('\n')
}

/** The same as a picture, for a page that draws Mermaid: causes, the images that were built or tagged, their tags. Pure. */
export function renderBillPicture(items: readonly BillItem[]): string {
  const shown = items.filter(({ became }) => became !== 'unchanged')
  const picture: Picture = {
    boxes: shown.flatMap(({ reference, tags, because, image, before }): Box[] => [
      { id: because, kind: 'cause', lines: [because] },
      {
        id: reference,
        kind: 'ours',
        lines: [tagIn(reference), renderBytes(bytesToPull(image, undefined)), `to pull: ${renderPull(image, before)}`],
      },
      ...(tags.length === 0 ? [] : [{ id: tags.join(), kind: 'server' as const, lines: tags.map(tagIn) }]),
    ]),
    arrows: shown.flatMap(({ reference, tags, became, because }) => [
      { from: because, to: reference, text: became },
      { from: reference, to: tags.join() },
    ]),
  }
  return shown.length === 0 ? '' : `\`\`\`mermaid\n${renderMermaid(picture)}\n\`\`\`\n`
}

const renderPull = (image: PublishedImage, before: BillItem['before']): string =>
  before === undefined ? 'new' : `${renderBytes(bytesToPull(image, before.image))} after ${before.tag}`

const tagIn = (reference: string): string => reference.slice(reference.lastIndexOf('/') + 1)

/** Layers of less than this share a line. */
const SMALL = 1_000_000

function renderLayers(image: PublishedImage, before: PublishedImage | undefined): string[] {
  const [platform] = image.platforms
  if (platform === undefined) return []
  const known = new Set(before?.platforms.flatMap(({ layers }) => layers.map(({ digest }) => digest)))
  const large = platform.layers.filter(({ bytes }) => bytes >= SMALL)
  const small = platform.layers.filter(({ bytes }) => bytes < SMALL)
  const row = (bytes: number, there: string, text: string) => `| ${renderBytes(bytes)} | ${there} | ${text} |`
  return [
    `| Layer (${image.platforms.map((each) => each.platform).join(', ')}) | | |`,
    '|---:|---|---|',
    ...large.map(({ bytes, digest, createdBy }) =>
      row(bytes, known.has(digest) ? 'there before' : 'new', renderStep(createdBy)),
    ),
    ...(small.length > 0 ? [row(bytesOf(small), '', `${small.length} smaller ones`)] : []),
  ]
}

/** An instruction as it was written, in one line and short. */
const renderStep = (createdBy: string): string => {
  if (createdBy === '') return 'the base image'
  const text = createdBy
    .replace(/^\/bin\/sh -c (#\(nop\) )?|# buildkit$/g, '')
    .replace(/\s+/g, ' ')
    .trim()
  return `\`${(text.length > 80 ? `${text.slice(0, 79)}…` : text).replaceAll('`', 'ˋ').replaceAll('|', '\\|')}\``
}

/** Decimal, as registries bill it. */
export const renderBytes = (bytes: number): string =>
  bytes >= 1e9
    ? `${(bytes / 1e9).toFixed(2)} GB`
    : bytes >= 1e5
      ? `${(bytes / 1e6).toFixed(1)} MB`
      : `${Math.ceil(bytes / 1e3)} kB`
