import type { ProvisionStep } from '../definition/definition.js'
import { shortHashOf } from '../hash/sha256.js'

/** What steps may depend on, as it is now. `files`: glob to the hash of what it matches; `stores`: service to store id. */
export type ProvisionFacts = {
  files: { readonly [glob: string]: string }
  stores: { readonly [service: string]: string }
  /** Service to the image that it runs. */
  images: { readonly [service: string]: string }
  /** Service to where it answers, all of its addresses. */
  addresses: { readonly [service: string]: string }
}

/** One hash for each step: of its command and of everything that it says it depends on. Pure. */
export function planProvision(steps: readonly ProvisionStep[], facts: ProvisionFacts): { name: string; now: string }[] {
  return steps.map(({ name, service, run, when }) => {
    const parts = [
      service,
      run,
      when.files.map((glob) => facts.files[glob]),
      // A step that names no store still belongs to this environment's stores.
      (when.stores.length > 0 ? when.stores : Object.keys(facts.stores)).map((store) => facts.stores[store]),
      when.image ? facts.images[service] : '',
      when.address ? facts.addresses[service] : '',
    ]
    return { name, now: shortHashOf(parts) }
  })
}
