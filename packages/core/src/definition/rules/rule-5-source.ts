import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { mountOf, oursOf, primaryOf } from '../definition.js'
import { readExtension } from '../extension.js'
import type { Rule } from './rule.js'

export const checkoutIsMounted: Rule = {
  name: 'checkout-is-mounted',
  clause: 'OEP-5 rule 5',
  why: 'The environment runs the developer’s checkout, never a copy of it.',
  check: ({ definition, source, checkout }) => {
    const { working_dir, volumes } = primaryOf(definition)
    const mounted = volumes?.some(
      ({ source: from, target, read_only }) => from === checkout && target === working_dir && !read_only,
    )
    const without = oursOf(definition)
      .filter((name) => name !== definition.primary && mountOf(definition, name, checkout) === undefined)
      .map((name) => ({
        place: source.placeOf(['services', name, 'volumes']),
        what: `${name} runs provisioning steps as the owner of the checkout, but does not mount the checkout.`,
        fix: `volumes: ["\${DEVENV_CHECKOUT:-.}:<folder in ${name}>"]`,
      }))
    if (mounted) return without
    return [
      ...without,
      {
        place: source.placeOf(['services', definition.primary, 'volumes']),
        what: `${definition.primary} does not mount the checkout at its working_dir (${working_dir ?? 'not set'}).`,
        fix: `volumes: ["\${DEVENV_CHECKOUT:-.}:${working_dir ?? '/edx/app/<service>'}"] and the same path as working_dir.`,
      },
    ]
  },
}

export const variantsAreThere: Rule = {
  name: 'variants-are-there',
  clause: 'OEP-5 rule 5',
  why: 'Without that file, such a checkout would run in an environment made for another one.',
  check: ({ definition, source }) =>
    Object.keys(readExtension(definition.package).variants ?? {}).flatMap((variant) => {
      const file = `compose.${variant}.yaml`
      if (existsSync(join(definition.package.directory, file))) return []
      return [
        {
          place: source.placeOf(['x-devenv', 'variants', variant]),
          what: `The variant ${variant} has no ${file}.`,
          fix: `Write ${file}: the differences from compose.yaml for such checkouts.`,
        },
      ]
    }),
}
