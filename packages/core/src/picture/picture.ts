/** What is drawn: boxes and arrows, in plain words. Boxes of one `id` are one box. */
export type Picture = { boxes: readonly Box[]; arrows: readonly Arrow[] }
/** The first of its lines is its name. */
export type Box = { id: string; kind: BoxKind; lines: readonly string[] }
/** `ours`: what devenv makes; `server`: what it takes; `store`: what keeps data; `cause`: what people change. */
export type BoxKind = 'ours' | 'server' | 'store' | 'cause'
/** By the boxes’ ids. */
export type Arrow = { from: string; to: string; text?: string; optional?: boolean }

/** Each box once, and arrows between boxes that are there, each with its numbers. Pure. */
export function numbered({ boxes, arrows }: Picture): {
  boxes: readonly Box[]
  arrows: readonly (Arrow & { between: readonly [number, number] })[]
} {
  const unique = [...new Map(boxes.map((box) => [box.id, box])).values()]
  const numbers = new Map(unique.map(({ id }, index) => [id, index]))
  return {
    boxes: unique,
    arrows: arrows.flatMap((arrow) => {
      const [from, to] = [numbers.get(arrow.from), numbers.get(arrow.to)]
      return from === undefined || to === undefined ? [] : [{ ...arrow, between: [from, to] as const }]
    }),
  }
}
