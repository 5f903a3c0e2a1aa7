import { nameIn, tagIn } from '../image/plan-image.js'
import type { Rebuilds } from '../image/rebuilds.js'
import type { Arrow, Box, Picture } from '../picture/picture.js'

/** The contexts of a build, as people know them. */
const CONTEXTS: Readonly<Record<string, string>> = {
  checkout: 'files of the checkout',
  package: 'files of the package',
  core: 'files of devenv',
}

/** Which inputs make each image, and which steps a change repeats on which stores. Of several releases, what they share is drawn once. Pure. */
export function drawRebuilds(rebuilds: readonly Rebuilds[]): Picture {
  const drawn = rebuilds.map(drawOne)
  return { boxes: drawn.flatMap(({ boxes }) => boxes), arrows: distinct(drawn.flatMap(({ arrows }) => arrows)) }
}

function drawOne({ image, inputs, steps }: Rebuilds): Picture {
  const boxes: Box[] = []
  const arrows: Arrow[] = []
  const box = (kind: Box['kind'], ...lines: string[]): string => {
    const id = lines.join('\n')
    boxes.push({ id, kind, lines })
    return id
  }
  const built = box('ours', `image ${nameIn(image)}`, tagIn(image))
  for (const [from, items] of Object.entries(inputs))
    arrows.push({ from: box('cause', CONTEXTS[from] ?? from, ...summarised(items)), to: built, text: 'rebuilds' })
  for (const { name, files, installed, stores, image: always, address } of steps) {
    const step = box('server', `step ${name}`)
    if (always || installed.length > 0) arrows.push({ from: built, to: step, text: always ? 'repeats' : 'may repeat' })
    if (files.length > 0)
      arrows.push({ from: box('cause', 'files of the checkout', ...summarised(files)), to: step, text: 'repeats' })
    if (address) arrows.push({ from: box('cause', 'address of the service'), to: step, text: 'repeats' })
    for (const store of stores) arrows.push({ from: step, to: box('store', store), text: 'fills' })
  }
  const code = box('cause', 'every other file of the checkout')
  arrows.push({ from: code, to: box('ours', 'programs reload', 'nothing is rebuilt') })
  return { boxes, arrows }
}

/** More than these are counted by folder. */
const MOST = 8

function summarised(items: readonly string[]): string[] {
  if (items.length <= MOST) return [...items]
  const folders = new Map<string, string[]>()
  for (const item of items) {
    const folder = item.includes('/') ? `${item.slice(0, item.indexOf('/'))}/` : item
    folders.set(folder, [...(folders.get(folder) ?? []), item])
  }
  const lines = [...folders].map(([folder, among]) =>
    folder.endsWith('/') ? `${folder} (${among.length} ${among.length === 1 ? 'file' : 'files'})` : folder,
  )
  return lines.length <= MOST ? lines : [...lines.slice(0, MOST), `and ${lines.length - MOST} more`]
}

const distinct = (arrows: readonly Arrow[]): Arrow[] => [
  ...new Map(arrows.map((arrow) => [JSON.stringify(arrow), arrow])).values(),
]
