import { digestOfBytes, type Intent, parseJson, refused, requireDigest, requireSuccess } from './answers.js'
import { askAuthorized, knownAuthorization } from './authorization.js'
import type { Repository } from './repository.js'
import { type BlobFile, baseOf, headerOf, resolveUrl, send } from './transport.js'

/**
 * A registry's own API, the OCI distribution specification
 * (https://github.com/opencontainers/distribution-spec/blob/main/spec.md). Spoken directly where `docker buildx
 * imagetools` shows too little or changes bytes; pushing and pulling stay Docker's.
 */

/** The bytes, as they were pushed. `digest` is their sha256, computed here. */
export type Manifest = { digest: string; mediaType: string; body: Buffer }

/** `createdBy` is the instruction of the Dockerfile, as the builder noted it; empty where it noted none. */
export type PublishedLayer = { digest: string; bytes: number; createdBy: string }
/** `platform` is `linux/amd64`, with a variant where that says something: `linux/arm/v7`. */
export type PublishedPlatform = {
  platform: string
  labels: Readonly<Record<string, string>>
  layers: readonly PublishedLayer[]
}
/**
 * An image as a registry holds it: of an index, each platform; attestations are left out. `lost`: platforms that the
 * index names, and the registry has no more.
 */
export type PublishedImage = {
  digest: string
  manifest: Manifest
  platforms: readonly PublishedPlatform[]
  lost: readonly string[]
}

const INDEX_TYPES = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
]
const IMAGE_TYPES = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
]
const ACCEPT = [...INDEX_TYPES, ...IMAGE_TYPES].join(', ')

/**
 * A manifest or index by tag or digest; `undefined` where the registry has none. A repository that is not there may
 * also be forbidden: GHCR and Docker Hub do not tell the difference from a private one.
 * @throws DevenvError `registry-unreachable`, `registry-forbidden`, `registry-refused`, `docker-config-unreadable`
 */
export async function findManifest(repository: Repository, reference: string): Promise<Manifest | undefined> {
  const byDigest = reference.includes(':')
  const intent: Intent = {
    doing: 'read',
    what: `give ${repository.path}${byDigest ? '@' : ':'}${reference}`,
  }
  const answer = await askAuthorized(repository, intent, {
    method: 'GET',
    url: new URL(`manifests/${reference}`, await baseOf(repository)),
    headers: { accept: ACCEPT },
  })
  if (answer.status === 404) return undefined
  requireSuccess(repository, intent, answer)
  const { body } = answer
  if (byDigest) requireDigest(repository, intent, body, reference)
  const content = parseJson(body)
  // The body's own word first: proxies and buckets make up a Content-Type.
  const mediaType = content?.mediaType ?? headerOf(answer, 'content-type')?.split(';')[0]?.trim()
  if (typeof content !== 'object' || content === null || typeof mediaType !== 'string') {
    throw refused(repository, intent, `Its answer is not a manifest but ${mediaType ?? 'of an unknown type'}.`)
  }
  return { digest: digestOfBytes(body, 'sha256'), mediaType, body }
}

/**
 * Whether a repository may be read, and as whom; it need not be there. Unlike a manifest, Docker Hub does not count it.
 * @throws DevenvError as `findManifest`
 */
export async function requireReadable(repository: Repository): Promise<string> {
  const intent: Intent = { doing: 'read', what: `list the tags of ${repository.path}` }
  const answer = await askAuthorized(repository, intent, {
    method: 'GET',
    url: new URL('tags/list?n=1', await baseOf(repository)),
  })
  if (answer.status !== 404) requireSuccess(repository, intent, answer)
  return answer.as ?? 'without a login'
}

/**
 * A blob's bytes, which have that digest.
 * @throws DevenvError as `findManifest`; `registry-refused` also where it is missing or its bytes are others
 */
export async function readBlob(repository: Repository, digest: string): Promise<Buffer> {
  const intent: Intent = { doing: 'read', what: `give the blob ${digest} of ${repository.path}` }
  const answer = await askAuthorized(repository, intent, {
    method: 'GET',
    url: new URL(`blobs/${digest}`, await baseOf(repository)),
  })
  requireSuccess(repository, intent, answer)
  requireDigest(repository, intent, answer.body, digest)
  return answer.body
}

/** All tags, in the registry's order; none of a repository that is not there. @throws DevenvError as `findManifest` */
export async function listTags(repository: Repository): Promise<string[]> {
  const intent: Intent = { doing: 'read', what: `list the tags of ${repository.path}` }
  const tags: string[] = []
  const asked = new Set<string>()
  let url: URL | undefined = new URL('tags/list?n=1000', await baseOf(repository))
  while (url !== undefined && !asked.has(url.href)) {
    asked.add(url.href)
    const answer = await askAuthorized(repository, intent, { method: 'GET', url })
    if (answer.status === 404) return tags
    requireSuccess(repository, intent, answer)
    const page = parseJson(answer.body)
    if (typeof page !== 'object' || page === null) throw refused(repository, intent, 'Its answer is not JSON.')
    // `null` is how some say that there are none.
    tags.push(...(Array.isArray(page.tags) ? page.tags : []))
    url = parseNextLink(headerOf(answer, 'link'), url)
  }
  return tags
}

/**
 * Gives a manifest that the repository holds another name: the same bytes and media type, so the same digest.
 * @throws DevenvError `registry-read-only`, and as `findManifest`
 */
export async function putManifest(repository: Repository, tag: string, manifest: Manifest): Promise<void> {
  const intent: Intent = { doing: 'write', what: `take ${repository.path}:${tag}` }
  const answer = await askAuthorized(repository, intent, {
    method: 'PUT',
    url: new URL(`manifests/${tag}`, await baseOf(repository)),
    headers: { 'content-type': manifest.mediaType },
    body: manifest.body,
  })
  requireSuccess(repository, intent, answer)
}

/**
 * Starts an upload and cancels it, so that wrong credentials and a read-only registry are met before anything is built.
 * (The idea is go-containerregistry's CheckPushPermission.)
 * @throws DevenvError `registry-read-only`, and as `findManifest`
 */
export async function requireWritable(repository: Repository): Promise<void> {
  const { url, authorization } = await beginUpload(repository)
  // Not every registry lets an upload be cancelled. What is left is empty, and expires.
  if (url !== undefined) await send(repository, { method: 'DELETE', url, authorization }).catch(() => undefined)
}

/** Where the bytes go, and what may be sent along: credentials of the registry are nobody else's business. */
async function beginUpload(
  repository: Repository,
): Promise<{ url: URL | undefined; authorization: string | undefined }> {
  const intent: Intent = { doing: 'write', what: `begin an upload to ${repository.path}` }
  const uploads = new URL('blobs/uploads/', await baseOf(repository))
  const headers = { 'content-length': '0' }
  const answer = await askAuthorized(repository, intent, { method: 'POST', url: uploads, headers })
  requireSuccess(repository, intent, answer)
  const url = resolveUrl(headerOf(answer, 'location'), uploads)
  const authorization = url?.origin === uploads.origin ? await knownAuthorization(repository, intent) : undefined
  return { url, authorization }
}

/** Whether a repository holds a blob. @throws DevenvError as `findManifest` */
export async function hasBlob(repository: Repository, digest: string): Promise<boolean> {
  const intent: Intent = { doing: 'read', what: `say whether it has the blob ${digest} of ${repository.path}` }
  const url = new URL(`blobs/${digest}`, await baseOf(repository))
  const answer = await askAuthorized(repository, intent, { method: 'HEAD', url })
  if (answer.status === 404) return false
  // Who says where the bytes are has them.
  if (answer.status < 300 || answer.status >= 400) requireSuccess(repository, intent, answer)
  return true
}

/**
 * Uploads a blob in one piece; the registry checks that its bytes have that digest.
 * @throws DevenvError `registry-read-only`, and as `findManifest`
 */
export async function putBlob(repository: Repository, digest: string, file: BlobFile): Promise<void> {
  const intent: Intent = { doing: 'write', what: `take the blob ${digest} of ${repository.path}` }
  const { url, authorization } = await beginUpload(repository)
  if (url === undefined) throw refused(repository, intent, 'It does not say where to.')
  // As it was given: a server may compare it, or have signed it.
  url.search += `${url.search === '' ? '?' : '&'}digest=${encodeURIComponent(digest)}`
  const headers = { 'content-type': 'application/octet-stream', 'content-length': String(file.bytes) }
  requireSuccess(repository, intent, await send(repository, { method: 'PUT', url, headers, body: file, authorization }))
}

/**
 * Writes a blob into a file. Whoever uses it looks at its digest.
 * @throws DevenvError as `findManifest`; `registry-refused` also where it is missing
 */
export async function saveBlob(repository: Repository, digest: string, into: BlobFile): Promise<void> {
  const intent: Intent = { doing: 'read', what: `give the blob ${digest} of ${repository.path}` }
  const url = new URL(`blobs/${digest}`, await baseOf(repository))
  requireSuccess(repository, intent, await askAuthorized(repository, intent, { method: 'GET', url, into }))
}

/**
 * An image with what its configuration says; `undefined` where the registry has none, or an index and nothing of it.
 * @throws DevenvError as `findManifest`; `registry-refused` also for what is no image, or lacks a part
 */
export async function findPublishedImage(
  repository: Repository,
  reference: string,
): Promise<PublishedImage | undefined> {
  const manifest = await findManifest(repository, reference)
  if (manifest === undefined) return undefined
  const isIndex = INDEX_TYPES.includes(manifest.mediaType)
  const children = isIndex ? imagesOf(manifest) : []
  const found = await Promise.all(children.map((child) => findChild(repository, child)))
  const lost = children.filter((_child, at) => found[at] === undefined)
  if (lost.length > 0 && lost.length === children.length) return undefined
  const platforms = isIndex
    ? found.filter((each) => each !== undefined)
    : [await readPlatform(repository, manifest, undefined)]
  return {
    digest: manifest.digest,
    manifest,
    platforms: platforms.filter(({ platform }) => !platform.startsWith('unknown/')),
    lost: lost.map(({ platform }) => renderPlatform(platform ?? {})),
  }
}

/** The platforms that an image is there for, asked for in few words; `undefined` where the registry has none. */
export async function findPlatforms(repository: Repository, reference: string): Promise<string[] | undefined> {
  const manifest = await findManifest(repository, reference)
  if (manifest === undefined) return undefined
  if (INDEX_TYPES.includes(manifest.mediaType))
    return imagesOf(manifest).map(({ platform }) => renderPlatform(platform ?? {}))
  return [(await readPlatform(repository, manifest, undefined)).platform]
}

type OciPlatform = { os?: string; architecture?: string; variant?: string }
type Descriptor = { digest: string; platform?: OciPlatform; annotations?: Record<string, string> }

/** The images of an index: without attestations, which Buildx adds as images of no platform. */
function imagesOf(index: Manifest): readonly Descriptor[] {
  const { manifests }: { manifests?: (Descriptor | null)[] } = parseJson(index.body)
  return (Array.isArray(manifests) ? manifests : []).flatMap((each) =>
    typeof each?.digest !== 'string' ||
    each.annotations?.['vnd.docker.reference.type'] !== undefined ||
    each.platform?.os === 'unknown'
      ? []
      : [each],
  )
}

/** `undefined` where it is no more: whoever cleans a registry of what has no tag takes the images of an index with it. */
async function findChild(
  repository: Repository,
  { digest, platform }: Descriptor,
): Promise<PublishedPlatform | undefined> {
  const manifest = await findManifest(repository, digest)
  return manifest && (await readPlatform(repository, manifest, platform))
}

async function readPlatform(
  repository: Repository,
  manifest: Manifest,
  platform: OciPlatform | undefined,
): Promise<PublishedPlatform> {
  const { config, layers }: { config?: Descriptor; layers?: { digest: string; size: number }[] } = parseJson(
    manifest.body,
  )
  const intent: Intent = { doing: 'read', what: `give an image as ${repository.path}@${manifest.digest}` }
  if (!IMAGE_TYPES.includes(manifest.mediaType) || typeof config?.digest !== 'string' || !Array.isArray(layers)) {
    throw refused(repository, intent, `It is ${manifest.mediaType}.`)
  }
  const image = parseJson(await readBlob(repository, config.digest))
  if (typeof image !== 'object' || image === null) throw refused(repository, intent, 'Its configuration is not JSON.')
  const history: { created_by?: string; empty_layer?: boolean }[] = Array.isArray(image.history) ? image.history : []
  const steps = history.filter((step) => step.empty_layer !== true)
  return {
    platform: renderPlatform(platform ?? image),
    labels: image.config?.Labels ?? {},
    layers: layers.map(({ digest, size }, at) => ({ digest, bytes: size, createdBy: steps[at]?.created_by ?? '' })),
  }
}

/** As containerd writes it, for which arm64 is v8 anyway. */
function renderPlatform({ os = 'unknown', architecture = 'unknown', variant = '' }: OciPlatform): string {
  const plain = variant === '' || (architecture === 'arm64' && variant === 'v8')
  return plain ? `${os}/${architecture}` : `${os}/${architecture}/${variant}`
}

/** The next page of a list: `</v2/a/tags/list?last=x>; rel="next"`. */
function parseNextLink(link: string | undefined, base: URL): URL | undefined {
  return resolveUrl(/<([^>]*)>[^,]*;\s*rel="?next"?/i.exec(link ?? '')?.[1], base)
}
