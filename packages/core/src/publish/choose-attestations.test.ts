import { expect, test } from 'vitest'
import { planAttestations } from './choose-attestations.js'

const SCANNER = 'mirror.example.com/docker/buildkit-syft-scanner:stable-1'

test('an image tells how it was made and what is in it, which a scanner from the mirror finds out', () => {
  expect(planAttestations({ proxies: {} }, SCANNER, undefined)).toEqual({
    attest: ['type=provenance,mode=max', `type=sbom,generator=${SCANNER}`],
    notes: [],
  })
})

test('without a scanner a published image has no SBOM, and a note says why', () => {
  const { attest, notes } = planAttestations({ proxies: {} }, SCANNER, 'no such host')
  expect(attest).toEqual(['type=provenance,mode=max'])
  expect(notes).toEqual([expect.stringMatching(/no SBOM.*mirror\.example\.com.*no such host/)])
})

test('a proxy’s password is in nothing that is published', () => {
  const { attest } = planAttestations({ proxies: { HTTPS_PROXY: 'http://me:secret@proxy' } }, SCANNER, undefined)
  expect(attest).toContain('type=provenance,mode=min')
})
