import type { ProvisionStep } from '../definition/definition.js'
import { CHECKOUT_CONTEXT, type ImageInputs, MIRROR_ARGUMENT, officialBasesOf } from './image-inputs.js'
import { type ServiceImage, wantedOf } from './image-source.js'
import { referenceOf } from './plan-image.js'

/**
 * What `devenv explain --graph --json` prints: a change of any input makes another image; a provisioning step is repeated when
 * something changes of which it says so.
 */
export type Rebuilds = {
  image: string
  /** By where they come from: `base images`, `arguments`, `Dockerfile`, `checkout`, and the build’s other contexts. */
  inputs: Readonly<Record<string, readonly string[]>>
  steps: readonly (Pick<ProvisionStep, 'name' | 'service'> & ProvisionStep['when'])[]
}

/** Pure. */
export const rebuildsOf = ({ definition, inputs }: Pick<ServiceImage, 'definition' | 'inputs'>): Rebuilds => ({
  image: referenceOf(wantedOf(inputs)),
  inputs: groupsOf(inputs),
  steps: definition.provision.map(({ name, service, when }) => ({ name, service, ...when })),
})

function groupsOf(inputs: ImageInputs): Rebuilds['inputs'] {
  const { args, target, contexts } = inputs.spec
  const set = Object.entries(args).filter(([name]) => name !== MIRROR_ARGUMENT)
  const filesOf = (context: string) => inputs.files.flatMap((file) => (file.context === context ? [file.path] : []))
  const groups: [string, string[]][] = [
    ['base images', [...officialBasesOf(inputs).keys()]],
    ['Dockerfile', [target === undefined ? 'to its end' : `target ${target}`]],
    ['arguments', set.map(([name, value]) => `${name}=${value}`)],
    ...[CHECKOUT_CONTEXT, ...Object.keys(contexts).filter((name) => name !== CHECKOUT_CONTEXT)].map(
      (context): [string, string[]] => [context, filesOf(context)],
    ),
  ]
  return Object.fromEntries(groups.filter(([, items]) => items.length > 0))
}
