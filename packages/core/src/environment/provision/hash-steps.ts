import type { ProvisionStep } from '../../definition/definition.js'
import { shortHashOf } from '../../hash/sha256.js'

/** What a glob matches: a hash of paths and contents, and of each path from the checkout's root that of its content. */
export type MatchedFiles = { hash: string; contents: { readonly [path: string]: string } }

/** What steps may depend on, as it is now. `files`: glob to what it matches; `stores`: service to its store. */
export type ProvisionFacts = {
  files: { readonly [glob: string]: MatchedFiles }
  stores: { readonly [service: string]: string }
  /** The same for what globs match in attached libraries; nothing of one that matches nothing. */
  libraries: { readonly [glob: string]: MatchedFiles }
  /** Service to the image that it runs. */
  images: { readonly [service: string]: string }
  /** Service to the names of what globs match in its image; nothing of an image that is not here yet. */
  installed: { readonly [service: string]: readonly string[] | undefined }
  /** Service to where it answers, all of its addresses. */
  addresses: { readonly [service: string]: string }
}

/**
 * A step, with one hash of its command and of everything that it says it depends on, the files among that, and the stores that it
 * fills. `anywhere`: what it made is the same at any address, so that another environment can take it; `beside`: it is for a service that
 * runs beside this one.
 */
export type DueStep = Pick<ProvisionStep, 'name' | 'service' | 'run' | 'needs'> & {
  now: string
  files: readonly string[]
  stores: readonly string[]
  anywhere: boolean
  beside?: boolean
}

/** Pure. A step that names no store fills all of the environment. */
export function hashSteps(steps: readonly ProvisionStep[], facts: ProvisionFacts): DueStep[] {
  return steps.map(({ name, service, run, needs, when, beside = false }) => {
    const among = when.stores.length > 0 ? when.stores : Object.keys(facts.stores)
    const attached = when.libraries.flatMap((glob) => facts.libraries[glob] ?? [])
    const parts = [
      service,
      run,
      when.files.map((glob) => facts.files[glob]?.hash),
      when.image ? facts.images[service] : '',
      when.address ? facts.addresses[service] : '',
      ...(when.installed.length > 0 ? [facts.installed[service]] : []),
      // Where none is attached, the step is what it was before it could be.
      ...attached.map(({ hash }) => hash),
    ]
    return {
      name,
      service,
      run,
      needs,
      now: shortHashOf(parts),
      files: [...new Set([...when.files.flatMap((glob) => facts.files[glob] ?? []), ...attached].flatMap(namesOf))],
      stores: among.flatMap((store) => facts.stores[store] ?? []),
      anywhere: !when.address && !beside,
      ...(beside && { beside }),
    }
  })
}

const namesOf = ({ contents }: MatchedFiles): string[] => Object.keys(contents)
