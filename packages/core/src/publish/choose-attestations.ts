import { whyUnavailable } from '../engine/buildx.js'
import type { BuildSettings } from '../image/build-images.js'

/** What is attached to each image (https://docs.docker.com/build/metadata/attestations/), and a word on what is not. */
export type Attestations = { attest: readonly string[]; notes: readonly string[] }

/** What BuildKit would take from Docker Hub to look through an image, and a build fails without. */
const SCANNER = 'docker/buildkit-syft-scanner:stable-1'

/** The scanner comes from where base images come from; where it is not to be had, images are published without. */
export async function chooseAttestations(settings: BuildSettings): Promise<Attestations> {
  const scanner = `${settings.mirror ?? 'docker.io'}/${SCANNER}`
  return planAttestations(settings, scanner, await whyUnavailable(scanner))
}

/**
 * The fullest provenance holds every argument of the build, and a proxy's may hold a password: nobody publishes that.
 * Pure.
 * @param missing why there is no scanner; `undefined` if there is
 */
export function planAttestations(
  { proxies }: Pick<BuildSettings, 'proxies'>,
  scanner: string,
  missing: string | undefined,
): Attestations {
  const provenance = `type=provenance,mode=${Object.keys(proxies).length === 0 ? 'max' : 'min'}`
  if (missing === undefined) return { attest: [provenance, `type=sbom,generator=${scanner}`], notes: [] }
  return {
    attest: [provenance],
    notes: [`Buildx makes no SBOM, because it cannot get the scanner ${scanner} (${missing})`],
  }
}
