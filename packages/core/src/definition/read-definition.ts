import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgsStringToArgv } from 'string-argv'
import { readComposeModel } from '../engine/compose.js'
import { DevenvError, type Problem } from '../problem/problem.js'
import type { ComposeProject, Definition, EnvironmentPackage, ProvisionStep } from './definition.js'
import { type Extension, listOf, needsOf, readExtension, wholeExtensionOf } from './extension.js'
import { FOLDER_IN_CHECKOUT } from './find-package.js'
import { OEP5_RULES } from './rules/oep-5.js'
import type { Rule } from './rules/rule.js'
import { placeIn, readSource, type Source } from './source.js'
import { validateExtension } from './validate-extension.js'

/** The folder of @devenv/core itself: `container/`, `compose/`, `make/`, `schema/`. */
export const CORE_DIRECTORY = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')

export type ReadDefinition = {
  package: EnvironmentPackage
  /** Real path of the checkout. */
  checkout: string
  /** Which of the package's shapes it has. */
  variant: string | undefined
  project: string
  mirror: string | undefined
  /** Where images of ours live; `undefined`: nowhere. */
  registry: string | undefined
  /** Of the variables that the files read, those that are set. */
  variables: { readonly [name: string]: string | null }
  /** Where stores are kept; a volume below it is a store. */
  stores: string
}

/**
 * Reads an environment package for a checkout: its compose.yaml, over it that of the variant, over both the
 * checkout's `devenv/compose.yaml`, resolved by Compose.
 * @throws DevenvError with every problem found: `definition-unreadable`, `definition-invalid`, `compose-refused`, `rule-broken`,
 *   `overlay-misnamed`
 */
export async function readDefinition(
  request: ReadDefinition,
  rules: readonly Rule[] = OEP5_RULES,
): Promise<Definition> {
  requireOverlayNames(request.checkout)
  const [own, ...over] = composeFilesOf(request)
  const files = [own, ...over]
  const sources: [Source, ...Source[]] = [readSource(own), ...over.map(readSource)]
  // Compose is a process of its own: it works while the schema is compiled.
  const [invalid, resolved] = await Promise.all([
    validateExtension(sources),
    readComposeModel({
      project: request.project,
      directory: request.checkout,
      files,
      variables: {
        ...Object.fromEntries(Object.entries(request.variables).filter(isSet)),
        DEVENV_CHECKOUT: request.checkout,
        DEVENV_PACKAGE: request.package.directory,
        DEVENV_CORE: CORE_DIRECTORY,
        DEVENV_MIRROR: request.mirror ?? 'docker.io',
        DEVENV_IMAGES: imagesIn(request.registry),
        DEVENV_STORES: request.stores,
      },
    }).then(
      (text) => ({ text }),
      (error: unknown) => ({ error }),
    ),
  ])
  // What is invalid may be why Compose refuses, and is said more exactly.
  if (invalid.length > 0) throw new DevenvError(...invalid)
  if ('error' in resolved) throw resolved.error
  const model = JSON.parse(resolved.text)
  const extension = wholeExtensionOf([...sources.map(({ value }) => value), model])
  const definition = parseDefinition(request.package, request.variant, { ...model, 'x-devenv': extension })
  requirePrimary(definition, sources)
  const placeOf = placeIn(sources)
  const broken = checkRules(rules, definition, { placeOf }, request)
  if (broken.length > 0) throw new DevenvError(...broken)
  return definition
}

/** A package's definitions: one for each variant; of a package that has none, one. */
export async function readVariants(request: Omit<ReadDefinition, 'variant'>): Promise<Definition[]> {
  const variants = Object.keys(readExtension(request.package).variants ?? {})
  return await Promise.all(
    (variants.length === 0 ? [undefined] : variants).map((variant) => readDefinition({ ...request, variant })),
  )
}

/** What a Compose file writes before the name of another image of ours: images without a registry are named so as well. Pure. */
const imagesIn = (registry: string | undefined): string => (registry === undefined ? 'devenv' : `${registry}/devenv`)

const isSet = (entry: [string, string | null]): entry is [string, string] => entry[1] !== null

/** @throws DevenvError `definition-invalid`: a checkout's file can remove a service, or name another */
function requirePrimary({ primary, project }: Definition, sources: readonly [Source, ...Source[]]): void {
  const known = Object.keys(project.services)
  if (known.includes(primary)) return
  const files = sources.map(({ file }) => file).join(' with ')
  const detail = `names ${primary}, but the services of ${files} are: ${known.join(', ') || 'none'}`
  throw new DevenvError({
    code: 'definition-invalid',
    place: placeIn(sources)(['x-devenv', 'primary']),
    at: 'x-devenv.primary',
    detail,
  })
}

/** Compose's own names for a project's files, without the one that is read. */
const OTHER_OVERLAYS = ['compose', 'docker-compose', 'compose.override', 'docker-compose.override']
  .flatMap((name) => [`${name}.yaml`, `${name}.yml`])
  .filter((name) => name !== 'compose.yaml')

/** @throws DevenvError `overlay-misnamed`: what nobody reads would change nothing, in silence */
function requireOverlayNames(checkout: string): void {
  const folder = join(checkout, FOLDER_IN_CHECKOUT)
  const files = OTHER_OVERLAYS.map((name) => join(folder, name)).filter(existsSync)
  if (files.length > 0) throw new DevenvError({ code: 'overlay-misnamed', files, wanted: join(folder, 'compose.yaml') })
}

/** The package's compose.yaml, and over it the variant's and the checkout's. */
function composeFilesOf({
  package: { directory },
  checkout,
  variant,
}: Pick<ReadDefinition, 'package' | 'checkout' | 'variant'>): [string, ...string[]] {
  const over = [
    ...(variant === undefined ? [] : [join(directory, `compose.${variant}.yaml`)]),
    join(checkout, FOLDER_IN_CHECKOUT, 'compose.yaml'),
  ]
  return [join(directory, 'compose.yaml'), ...over.filter(existsSync)]
}

/** The variables that these files read from the environment, ours (DEVENV_…) left out. */
export function readVariableNames(where: Pick<ReadDefinition, 'package' | 'checkout' | 'variant'>): string[] {
  const texts = composeFilesOf(where).flatMap((file) => stringsIn(readSource(file).value))
  const named = texts.flatMap((text) => [...text.matchAll(/(?<!\$)\$(?:\{(\w+)|([A-Za-z_]\w*))/g)])
  const names = named.map(([, braced, bare]) => braced ?? bare ?? '')
  return [...new Set(names)].filter((name) => !name.startsWith('DEVENV_')).sort()
}

/** The images that these files name, as they are written. */
export const readImageNames = (where: Pick<ReadDefinition, 'package' | 'checkout' | 'variant'>): string[] =>
  composeFilesOf(where).flatMap((file) => {
    const { services } = (readSource(file).value ?? {}) as { services?: Record<string, { image?: unknown } | null> }
    return Object.values(services ?? {}).flatMap((service) =>
      service?.image === undefined ? [] : [`${service.image}`],
    )
  })

/** Every breach of rules that can be checked before anything runs. */
export function checkRules(
  rules: readonly Rule[],
  definition: Definition,
  source: Pick<Source, 'placeOf'>,
  { checkout, stores }: { checkout: string; stores: string },
): Problem[] {
  return rules.flatMap((rule) =>
    rule
      .check({ definition, source, checkout, stores })
      .map(
        (breach): Problem => ({ code: 'rule-broken', rule: rule.name, clause: rule.clause, why: rule.why, ...breach }),
      ),
  )
}

/** Pure: Compose's resolved JSON, in which `$` is still doubled, to a definition. */
export function parseDefinition(
  environmentPackage: EnvironmentPackage,
  variant: string | undefined,
  resolved: unknown,
): Definition {
  const { 'x-devenv': extension, ...project } = mapStrings(resolved, (text) =>
    text.replaceAll('$$', '$'),
  ) as ComposeProject & {
    'x-devenv': Extension
  }
  const { primary = environmentPackage.service } = extension
  const service = project.services[primary]
  if (service !== undefined) service.image ??= `devenv/${primary}`
  return {
    package: environmentPackage,
    primary,
    repository: extension.repository,
    recognisedBy: extension['recognised-by'] ?? [],
    variant,
    releases: extension.releases ?? {},
    ...needsOf(extension),
    provision: (extension.provision ?? []).map(
      ({ name, service, run, needs, when }): ProvisionStep => ({
        name,
        service: service ?? primary,
        run: typeof run === 'string' ? wordsOf(run) : run,
        needs: listOf(needs),
        when: {
          files: when?.files ?? [],
          installed: when?.installed ?? [],
          stores: when?.stores ?? [],
          image: when?.image ?? false,
          address: when?.address ?? false,
        },
      }),
    ),
    accounts: extension.accounts ?? [],
    hosts: Object.entries(extension.hosts ?? {}).map(([host, { because, where, unless, instead }]) => ({
      host,
      because,
      where: where ?? [],
      unless: unless ?? {},
      instead,
    })),
    project,
  }
}

/** A command as a person types it, with quotes and without a shell, as in Compose. Pure. */
const wordsOf = (command: string): [string, ...string[]] => {
  const [program = '', ...words] = parseArgsStringToArgv(command)
  return [program, ...words]
}

/** Every string in a value, keys left out: Compose fills in variables there, and nowhere else. */
function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : []
}

/** The same value with every string in it changed, keys excepted. */
export function mapStrings(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value)
  if (Array.isArray(value)) return value.map((item) => mapStrings(item, change))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapStrings(item, change)]))
}

/** The files that a definition is read from; `variant` and checkout lay theirs over the package's. */
export const listDefinitionFiles = (where: Pick<ReadDefinition, 'package' | 'checkout' | 'variant'>): string[] => [
  ...composeFilesOf(where),
  ...readdirSync(join(CORE_DIRECTORY, 'compose')).map((name) => join(CORE_DIRECTORY, 'compose', name)),
]
