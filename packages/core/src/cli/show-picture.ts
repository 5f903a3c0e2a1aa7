import type { Picture } from '../picture/picture.js'
import { print } from './opening.js'

export type PictureOptions = { svg?: boolean | undefined }

/** Mermaid, or SVG. */
export async function showPicture(picture: Picture, { svg }: PictureOptions): Promise<void> {
  if (svg) print((await (await import('../picture/draw-svg.js')).drawSvg(picture)).trimEnd())
  else print((await import('../picture/render-mermaid.js')).renderMermaid(picture))
}
