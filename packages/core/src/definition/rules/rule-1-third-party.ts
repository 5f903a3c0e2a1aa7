import { type Definition, oursOf } from '../definition.js'
import { versionOf } from './image-version.js'
import type { Rule } from './rule.js'

/** `devenv/shop:1.2`, `ghcr.io/openedx/devenv/shop-snapshot:1.2`: an image that a package publishes. */
const OURS = /(^|\/)devenv\/[^/:@]+[:@]/

export const officialImages: Rule = {
  name: 'official-images',
  clause: 'OEP-5 rule 1',
  why: 'A third-party service is the vendor’s official image at a stated version; nobody maintains another.',
  check: ({ definition, source }) =>
    otherThanPrimary(definition).flatMap((name) => {
      const { image, build } = definition.project.services[name] ?? {}
      const ours = oursOf(definition).includes(name)
      const place = source.placeOf(['services', name, 'image'])
      if (build)
        return [
          {
            place: source.placeOf(['services', name, 'build']),
            what: `${name} is built here.`,
            fix: `Name the ${ours ? 'published' : 'official'} image under \`image:\` and remove \`build:\`.`,
          },
        ]
      if (ours && !OURS.test(image ?? '')) {
        return [
          {
            place,
            what: `${name} runs provisioning steps, but no environment package publishes its image: ${image ?? 'it has none'}.`,
            fix: `image: \${DEVENV_IMAGES:-devenv}/${name}-snapshot:<version>`,
          },
        ]
      }
      if (versionOf(image) === undefined) {
        return [
          {
            place,
            what: `${name} names no version: ${image ?? 'it has no image'}.`,
            fix: ours
              ? `image: \${DEVENV_IMAGES:-devenv}/${name}-snapshot:<version>`
              : `image: \${DEVENV_MIRROR:-docker.io}/library/${name}:<version>`,
          },
        ]
      }
      return []
    }),
}

const otherThanPrimary = ({ primary, project }: Definition) =>
  Object.keys(project.services).filter((name) => name !== primary)
