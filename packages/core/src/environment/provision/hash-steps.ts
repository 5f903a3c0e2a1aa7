import type { ProvisionStep } from '../../definition/definition.js'
import { shortHashOf } from '../../hash/sha256.js'

/** What steps may depend on, as it is now. `files`: glob to the hash of what it matches; `stores`: service to its store. */
export type ProvisionFacts = {
  files: { readonly [glob: string]: string }
  stores: { readonly [service: string]: string }
  /** Service to the image that it runs. */
  images: { readonly [service: string]: string }
  /** Service to where it answers, all of its addresses. */
  addresses: { readonly [service: string]: string }
}

/** A step, with one hash of its command and of everything that it says it depends on, and the stores that it fills. */
export type DueStep = Pick<ProvisionStep, 'name' | 'service' | 'run' | 'needs'> & {
  now: string
  stores: readonly string[]
}

/** Pure. A step that names no store fills all of the environment. */
export function hashSteps(steps: readonly ProvisionStep[], facts: ProvisionFacts): DueStep[] {
  return steps.map(({ name, service, run, needs, when }) => {
    const among = when.stores.length > 0 ? when.stores : Object.keys(facts.stores)
    const parts = [
      service,
      run,
      when.files.map((glob) => facts.files[glob]),
      when.image ? facts.images[service] : '',
      when.address ? facts.addresses[service] : '',
    ]
    return {
      name,
      service,
      run,
      needs,
      now: shortHashOf(parts),
      stores: among.flatMap((store) => facts.stores[store] ?? []),
    }
  })
}
