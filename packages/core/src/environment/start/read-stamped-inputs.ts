import { dirname, join } from 'node:path'
import type { ImageSettings } from '../../image/ensure-images.js'
import { type BuildSpec, CHECKOUT_CONTEXT, type ImageInputs } from '../../image/image-inputs.js'
import { readImageInputs } from '../../image/read-image-inputs.js'
import { SNAPSHOT_FILE } from '../code.js'
import { type Stamps, stampOf, stampsOf } from '../data/record.js'

/** What an image is made of, and the stamps that its files and folders had before they were read. */
export async function readStampedInputs(
  spec: BuildSpec,
  { locked }: Pick<ImageSettings, 'locked'>,
): Promise<{ inputs: ImageInputs; stamps: Stamps }> {
  const seen: Stamps = {}
  const seeing = (path: string) => {
    seen[path] ??= stampOf(path)
  }
  const inputs = await readImageInputs(spec, { locked, seeing })
  return { inputs, stamps: Object.fromEntries(inputPaths(inputs).map((path) => [path, seen[path] ?? ''])) }
}

/** The files, and the folders around them, so that one that is added is noticed. */
function inputPaths({ spec, files }: ImageInputs): string[] {
  const paths = files.map(({ context, path }) => ({ context, file: join(spec.contexts[context] ?? '', path) }))
  const folders = paths.flatMap(({ context, file }) => (context === CHECKOUT_CONTEXT ? [] : [dirname(file)]))
  return [spec.dockerfile, `${spec.dockerfile}.dockerignore`, ...paths.map(({ file }) => file), ...folders]
}

/** Of a snapshot, whose image nobody makes here: what tells of another one. */
export const readBakedInputs = (
  spec: BuildSpec,
  { checkout }: { checkout: string },
): { inputs: ImageInputs; stamps: Stamps } => ({
  inputs: { spec, dockerfile: '', files: [], bases: {} },
  stamps: stampsOf([join(checkout, SNAPSHOT_FILE)]),
})
