import { createHash } from 'node:crypto'
import {
  createReadStream,
  createWriteStream,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { type Readable, Transform, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import { sha256Of } from '../../hash/sha256.js'
import { DevenvError } from '../../problem/problem.js'
import { listAbandoned, PROCESS_MARK, processMark } from '../../process/process-mark.js'
import type { Ledger } from './ledger.js'
import { type Check, isExactly, isListOf, isMapOf, isMaybe, isNumber, isShapeOf, isText } from './shape.js'

/**
 * Data of an environment in a form that any engine, user and server of the same kind can take: a folder with an OCI artifact
 * (https://github.com/opencontainers/image-spec/blob/main/image-layout.md), one layer a store. Seeds and saves are archives.
 *
 *   oci-layout  index.json ─▶ manifest ─┬▶ config: what it is (Description)
 *                                       └▶ layers: each store as its server dumped it, compressed with gzip
 */
export type Archive = {
  folder: string
  description: Description
  manifest: string
  bytes: number
  blobs: { readonly [store: string]: Blob }
}

/** `digest`: `sha256:…` of the compressed bytes. */
export type Blob = { digest: string; bytes: number }

/** What an archive says of itself. */
export type Description = {
  format: 1
  service: string
  /** Of what its steps depended on: 20 hexadecimal digits. */
  digest: string
  /** ISO 8601. */
  created: string
  /** What a person calls its content: a release, a branch. */
  label: string | undefined
  stores: { readonly [store: string]: Pick<Ledger, 'server' | 'version' | 'steps' | 'files'> }
  /** Migrations of the checkout that the data may hold, by path, each with a hash of its content. */
  migrations: { readonly [path: string]: string }
  /** Those of installed packages, by their paths there. */
  installed: readonly string[]
  /** The input digest of the image that made them. */
  image: string
}

const isTextMap = isMapOf(isText)
/** It is shown, and may come from somebody else's file. */
const isLine: Check<string> = (value): value is string => isText(value) && !/\p{Cc}/u.test(value)
const isDescription = isShapeOf<Description>({
  format: isExactly(1),
  service: isText,
  digest: isText,
  created: isText,
  label: isMaybe(isLine),
  stores: isMapOf(
    isShapeOf<Description['stores'][string]>({
      server: isText,
      version: isText,
      steps: isTextMap,
      files: isMapOf(isListOf(isText)),
    }),
  ),
  migrations: isTextMap,
  installed: isListOf(isText),
  image: isText,
})

type Descriptor = { mediaType: string; digest: string; size: number; annotations?: Record<string, string> | undefined }
type Manifest = { config: Descriptor; layers: readonly Descriptor[] }

const isDescriptor = isShapeOf<Descriptor>({
  mediaType: isText,
  digest: isText,
  size: isNumber,
  annotations: isMaybe(isTextMap),
})
const isManifest = isShapeOf<Manifest>({ config: isDescriptor, layers: isListOf(isDescriptor) })
const isIndex = isShapeOf<{ manifests: readonly Descriptor[] }>({ manifests: isListOf(isDescriptor) })

export const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json'
export const ARTIFACT_TYPE = 'application/vnd.openedx.devenv.data.v1'
const CONFIG_TYPE = 'application/vnd.openedx.devenv.data.config.v1+json'
const LAYER_TYPE = 'application/vnd.openedx.devenv.store.v1+gzip'
/** https://github.com/opencontainers/image-spec/blob/main/annotations.md: what ORAS calls the file. */
const TITLE = 'org.opencontainers.image.title'

/** Writes the data of one store, uncompressed, and leaves the stream open. */
export type Dump = (out: Writable) => Promise<void>

const TEMPORARY = new RegExp(`\\.${PROCESS_MARK.source}\\.tmp$`)

/**
 * Writes an archive, and puts it in its place in one step, when it is whole. One that is there is replaced. What writers that were
 * killed have left beside it goes.
 */
export function writeArchive(
  folder: string,
  description: Description,
  dumps: { readonly [store: string]: Dump },
): Promise<Archive> {
  return placeArchive(folder, async (temporary) => {
    const layers: Descriptor[] = []
    for (const [store, dump] of Object.entries(dumps)) {
      const { digest, bytes } = await compress(dump, temporary)
      layers.push({ mediaType: LAYER_TYPE, digest, size: bytes, annotations: { [TITLE]: `${store}.gz` } })
    }
    const config = put(temporary, CONFIG_TYPE, JSON.stringify(description))
    const content = { schemaVersion: 2, mediaType: MANIFEST_TYPE, artifactType: ARTIFACT_TYPE, config, layers }
    return put(temporary, MANIFEST_TYPE, JSON.stringify(content))
  })
}

/**
 * Takes an archive that is elsewhere, in one step as `writeArchive` does.
 * @param fetch writes the data with this digest into a file
 * @throws DevenvError `archive-damaged`, and what `fetch` throws
 */
export function receiveArchive(
  { folder, blobs }: Pick<Archive, 'folder' | 'blobs'>,
  { manifest, config }: { manifest: string; config: string },
  fetch: (blob: Blob, file: string) => Promise<void>,
): Promise<Archive> {
  return placeArchive(folder, async (temporary) => {
    put(temporary, CONFIG_TYPE, config)
    for (const blob of Object.values(blobs)) {
      const file = blobPath(temporary, blob.digest)
      await fetch(blob, file)
      if ((await hashOfFile(file)) !== blob.digest) throw damaged(folder, `${blob.digest} came as other bytes`)
    }
    return put(temporary, MANIFEST_TYPE, manifest)
  })
}

/** A name beside a file or folder, for what is not whole yet. What others were interrupted at goes. */
export function temporaryBeside(path: string): string {
  for (const left of listAbandoned(dirname(path), TEMPORARY)) rmSync(left, { recursive: true, force: true })
  return `${path}.${processMark()}.tmp`
}

async function placeArchive(folder: string, fill: (temporary: string) => Promise<Descriptor>): Promise<Archive> {
  const temporary = temporaryBeside(folder)
  try {
    rmSync(temporary, { recursive: true, force: true })
    mkdirSync(join(temporary, 'blobs', 'sha256'), { recursive: true })
    const manifest = await fill(temporary)
    writeFileSync(join(temporary, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [manifest] }))
    writeFileSync(join(temporary, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }))
    const replaced = `${folder}.old.${processMark()}.tmp`
    rename(folder, replaced)
    renameSync(temporary, folder)
    rmSync(replaced, { recursive: true, force: true })
    return readArchive(folder)
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true })
    throw error
  }
}

function rename(from: string, to: string): void {
  try {
    renameSync(from, to)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}

async function compress(dump: Dump, folder: string): Promise<Blob> {
  const path = join(folder, 'blobs', 'sha256', 'unnamed')
  const hash = createHash('sha256')
  let bytes = 0
  const counting = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk)
      bytes += chunk.length
      done(null, chunk)
    },
  })
  const gzip = createGzip()
  const written = pipeline(gzip, counting, createWriteStream(path))
  // Both are waited for: the cause is in the one that failed first.
  const dumped = dump(gzip).then(
    () => void gzip.end(),
    (error) => void gzip.destroy(error),
  )
  await Promise.all([dumped, written])
  const digest = hash.digest('hex')
  renameSync(path, join(folder, 'blobs', 'sha256', digest))
  return { digest: `sha256:${digest}`, bytes }
}

function put(folder: string, mediaType: string, text: string): Descriptor {
  const digest = `sha256:${sha256Of(text)}`
  writeFileSync(blobPath(folder, digest), text)
  return { mediaType, digest, size: Buffer.byteLength(text) }
}

export const blobPath = (folder: string, digest: string): string => join(folder, 'blobs', ...digest.split(':'))

/**
 * Reads what an archive says of itself, and looks at no data.
 * @throws DevenvError `archive-damaged`
 */
export function readArchive(folder: string): Archive {
  const read = (...path: string[]): string => {
    try {
      return readFileSync(join(folder, ...path), 'utf8')
    } catch (error) {
      throw damaged(folder, (error as Error).message)
    }
  }
  const blob = (digest: string, what: string): string => {
    const text = read('blobs', ...requireDigestForm(folder, digest).split(':'))
    if (`sha256:${sha256Of(text)}` !== digest) throw damaged(folder, `${what} is not what its digest says`)
    return text
  }
  const index = parse(folder, isIndex, read('index.json'), 'index.json')
  const [entry] = index.manifests
  if (entry === undefined) throw damaged(folder, 'index.json names no manifest')
  const manifest = blob(entry.digest, 'its manifest')
  return parseArchive(folder, manifest, blob(configIn(folder, manifest), 'its description'))
}

/** The digest of what an archive says of itself. Pure. @throws DevenvError `archive-damaged` */
export const configIn = (folder: string, manifest: string): string =>
  requireDigestForm(folder, parse(folder, isManifest, manifest, 'its manifest').config.digest)

/**
 * An archive from its two texts, wherever they are. Pure.
 * @param folder where it is, or will be
 * @throws DevenvError `archive-damaged`
 */
export function parseArchive(folder: string, manifest: string, config: string): Archive {
  const { layers } = parse(folder, isManifest, manifest, 'its manifest')
  const blobs = Object.fromEntries(
    layers.map(({ digest, size, annotations }) => [
      (annotations?.[TITLE] ?? '').replace(/\.gz$/, ''),
      { digest: requireDigestForm(folder, digest), bytes: size },
    ]),
  )
  return {
    folder,
    description: parse(folder, isDescription, config, 'its description'),
    manifest: `sha256:${sha256Of(manifest)}`,
    bytes: layers.reduce((sum, { size }) => sum + size, Buffer.byteLength(manifest) + Buffer.byteLength(config)),
    blobs,
  }
}

const damaged = (archive: string, detail: string) => new DevenvError({ code: 'archive-damaged', archive, detail })

function parse<T>(archive: string, is: Check<T>, text: string, what: string): T {
  const value = parseJson(text)
  if (!is(value)) throw damaged(archive, `${what} has another form than devenv gives it`)
  return value
}

/** A digest becomes part of a path. */
function requireDigestForm(archive: string, digest: string): string {
  if (!/^sha256:[0-9a-f]{64}$/.test(digest)) throw damaged(archive, `${digest} is not a digest`)
  return digest
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Looks at every byte of it. @throws DevenvError `archive-damaged` */
export async function verifyArchive(archive: Archive): Promise<void> {
  for (const store of Object.keys(archive.description.stores)) await requireWhole(archive, store)
}

/**
 * The data of one store, uncompressed. All bytes are looked at before the first is given: half a dump is worse than none.
 * @throws DevenvError `archive-damaged`
 */
export async function openStoreData(archive: Archive, store: string): Promise<Readable> {
  return createReadStream(await requireWhole(archive, store)).pipe(createGunzip())
}

/** Gives the file of a store's data, whose bytes are what their digest says. */
async function requireWhole({ folder, blobs }: Archive, store: string): Promise<string> {
  const blob = blobs[store]
  if (blob === undefined) throw damaged(folder, `it has no data of ${store}`)
  const path = blobPath(folder, blob.digest)
  const found = await hashOfFile(path).catch((error) => {
    throw damaged(folder, (error as Error).message)
  })
  if (found !== blob.digest) throw damaged(folder, `its data of ${store} are not what their digest says`)
  return path
}

async function hashOfFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return `sha256:${hash.digest('hex')}`
}
