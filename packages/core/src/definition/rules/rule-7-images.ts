import { existsSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import { type ComposeService, dockerfileOf, primaryOf } from '../definition.js'
import { FOLDER_IN_CHECKOUT } from '../find-package.js'
import { versionOf } from './image-version.js'
import type { Breach, Rule, Subject } from './rule.js'

export const imageByDigest: Rule = {
  name: 'image-by-digest',
  clause: 'OEP-5 rule 7',
  why: 'The digest of its inputs names the image, so the build may see only those inputs.',
  check: ({ definition, source, checkout }) => {
    const { image, build } = primaryOf(definition)
    const at = (key: string) => source.placeOf(['services', definition.primary, key])
    const breaches: Breach[] = []
    if (image === undefined || versionOf(image) !== undefined) {
      breaches.push({
        place: at('image'),
        what: `The image of ${definition.primary} must be a name without a tag, not ${image ?? 'nothing'}.`,
        fix: `image: devenv/${definition.package.service}`,
      })
    }
    if (build === undefined) {
      breaches.push({
        place: at('image'),
        what: `${definition.primary} has no \`build:\`.`,
        fix: 'Add `build:` with context, dockerfile and target.',
      })
    } else breaches.push(...breachesOf(build, { definition, source, checkout }))
    const ignore = `${dockerfileOf(definition)}.dockerignore`
    const first = existsSync(ignore)
      ? readFileSync(ignore, 'utf8')
          .split('\n')
          .find((line) => line.trim() !== '' && !line.startsWith('#'))
      : undefined
    if (first?.trim() !== '*') {
      breaches.push({
        place: { file: ignore, line: 1 },
        what: 'The build context is not an allowlist.',
        fix: 'Start with `*`, then write one `!path` for each input.',
      })
    }
    const lines = existsSync(ignore) ? readFileSync(ignore, 'utf8').split('\n') : []
    const reopened = lines.findIndex((line) => /^!\s*(\.?\/)?(\*+\/?)*\.?$/.test(line.trim()))
    if (reopened >= 0) {
      breaches.push({
        place: { file: ignore, line: reopened + 1 },
        what: `\`${lines[reopened]?.trim()}\` lets the whole checkout through.`,
        fix: 'Write one `!path` for each input.',
      })
    }
    return breaches
  },
}

/** A commit has no folder: what is built from it is the whole of it, by a package that is not in it. */
function breachesOf(
  {
    context,
    dockerfile,
    additional_contexts = {},
    target,
    args,
    ssh,
    secrets,
    ...others
  }: NonNullable<ComposeService['build']>,
  { definition, source, checkout }: Omit<Subject, 'stores'>,
): Breach[] {
  const at = (...path: string[]) => source.placeOf(['services', definition.primary, 'build', ...path])
  const below = (path: string, folder: string) => `${path}${sep}`.startsWith(`${folder}${sep}`)
  const packages = [definition.package.directory, join(checkout, FOLDER_IN_CHECKOUT, 'node_modules')]
  const isOfCheckout = (path: string) => below(path, checkout) && !packages.some((folder) => below(path, folder))
  const contexts = Object.entries(additional_contexts)
  const taken = contexts.filter(([name]) => name === 'context' || name === 'checkout')
  const inside = contexts.filter(([, path]) => isOfCheckout(path))
  return [
    ...(context === checkout
      ? []
      : [
          {
            place: at('context'),
            what: `${definition.primary} builds from ${context}, not from the checkout.`,
            fix: `context: \${DEVENV_CHECKOUT:-.}   and in Dockerfile.dockerignore write paths from there`,
          },
        ]),
    ...(dockerfile === undefined || !isOfCheckout(dockerfile)
      ? []
      : [
          {
            place: at('dockerfile'),
            what: `The Dockerfile lies in the checkout: ${dockerfile}.`,
            fix: `Put it into the package: dockerfile: \${DEVENV_PACKAGE:-.}/Dockerfile`,
          },
        ]),
    ...Object.keys(others).map((key) => ({
      place: at(key),
      what: `\`${key}\` would not reach the build of ${definition.primary}: the digest does not tell it.`,
      fix: `Remove it. A build has context, dockerfile, additional_contexts, target and args; ssh and secrets, which no image keeps.`,
    })),
    ...taken.map(([name]) => ({
      place: at('additional_contexts', name),
      what: `A context cannot have the name ${name}: it means the checkout.`,
      fix: 'Give it another name, in the Dockerfile too.',
    })),
    ...inside.map(([name, path]) => ({
      place: at('additional_contexts', name),
      what: `The context ${name} lies in the checkout: ${path}.`,
      fix: 'Remove it: COPY sees the files of the checkout that Dockerfile.dockerignore lets through.',
    })),
  ]
}
