// @ts-check
// The registry on loopback that holds the stand-ins: asked over HTTP, without the engine.

import http from 'node:http'

export const REGISTRY = { host: 'localhost', address: '127.0.0.1', port: 5055 }
export const MIRROR = `${REGISTRY.host}:${REGISTRY.port}`
export const RECIPE_LABEL = 'org.openedx.devenv.stand-in.recipe'
export const SERVER_LABEL = 'org.openedx.devenv.stand-in.server'

const MANIFESTS = [
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
].join(', ')

/**
 * @param {string} path
 * @returns {Promise<{ status: number, body: string } | undefined>} undefined: nobody listens
 */
function get(path) {
  return new Promise((resolve, reject) => {
    const request = http.get(
      { host: REGISTRY.address, port: REGISTRY.port, path, headers: { accept: MANIFESTS }, timeout: 5_000 },
      (response) => {
        let body = ''
        response.setEncoding('utf8')
        response.on('data', (part) => (body += part))
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body }))
      },
    )
    request.on('timeout', () => request.destroy(new Error(`${MIRROR} does not answer.`)))
    request.on('error', (/** @type {NodeJS.ErrnoException} */ error) =>
      ['ECONNREFUSED', 'ECONNRESET'].includes(error.code ?? '') ? resolve(undefined) : reject(error),
    )
  })
}

export async function registryAnswers() {
  return (await get('/v2/'))?.status === 200
}

/**
 * The digest of the recipe that the held image was made with.
 * @param {string} reference
 */
export const readHeldRecipe = async (reference) => (await readHeldLabels(reference))?.[RECIPE_LABEL]

/**
 * @param {string} reference
 * @returns {Promise<Record<string, string> | undefined>} undefined: it holds no such image
 */
export async function readHeldLabels(reference) {
  const [, name, tag] = /^(.*):([^:]*)$/.exec(reference) ?? []
  const manifest = await get(`/v2/${name}/manifests/${tag}`)
  if (manifest?.status !== 200) return undefined
  const config = await get(`/v2/${name}/blobs/${JSON.parse(manifest.body).config?.digest}`)
  if (config?.status !== 200) return undefined
  return JSON.parse(config.body).config?.Labels ?? {}
}
