import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgsStringToArgv } from 'string-argv'
import { readComposeModel } from '../engine/compose.js'
import { DevenvError, type Place, type Problem } from '../problem/problem.js'
import { CORE_DIRECTORY } from './core-directory.js'
import type { ComposeProject, Definition, EnvironmentPackage, ProvisionStep } from './definition.js'
import {
  type BesideExtension,
  besideExtensionOf,
  type Extension,
  listOf,
  needsOf,
  readExtension,
  textsOf,
  wholeExtensionOf,
} from './extension.js'
import { FOLDER_IN_CHECKOUT } from './find-package.js'
import { mapStrings } from './map-strings.js'
import { OEP5_RULES } from './rules/oep-5.js'
import type { Rule } from './rules/rule.js'
import { placeIn, readSource, type Source } from './source.js'
import { validateExtension } from './validate-extension.js'
import { variableOf } from './variable-of.js'

export type ReadDefinition = {
  package: EnvironmentPackage
  /** Real path of the checkout. */
  checkout: string
  /** Which of the package's shapes it has. */
  variant: string | undefined
  /** The services that run beside it. */
  beside?: readonly string[] | undefined
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
  const beside = besideFilesOf(request).flatMap(({ of, file }) =>
    sources.filter((source) => source.file === file).map((source) => ({ of, source })),
  )
  const toldLater = findToldLater(sources, request.beside ?? [])
  // Compose is a process of its own: it works while the schema is compiled.
  const [invalid, resolved] = await Promise.all([
    validateExtension(
      sources,
      beside.map(({ source }) => source),
    ),
    readComposeModel({
      project: request.project,
      directory: request.checkout,
      files,
      variables: {
        ...Object.fromEntries(Object.entries(request.variables).filter(isSet)),
        // Until then each has its own name in braces for a value.
        ...Object.fromEntries(Object.keys(toldLater).map((name) => [name, `{${name}}`])),
        DEVENV_CHECKOUT: request.checkout,
        DEVENV_PACKAGE: request.package.directory,
        DEVENV_CORE: CORE_DIRECTORY,
        DEVENV_MIRROR: request.mirror ?? 'docker.io',
        DEVENV_IMAGES: imagesIn(request.registry),
        DEVENV_STORES: request.stores,
        DEVENV_BESIDE: [...(request.beside ?? [])].sort().join(' '),
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
  const definition = withBeside(
    { ...parseDefinition(request.package, request.variant, { ...model, 'x-devenv': extension }), toldLater },
    beside.map(({ of, source }) => ({ of, source, extension: besideExtensionOf(source.value) })),
  )
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

/** What decides which Compose files there are. */
type Where = Pick<ReadDefinition, 'package' | 'checkout' | 'variant' | 'beside'>

/** The package's compose.yaml, and over it the variant's, the checkout's, and those for each service beside it. */
function composeFilesOf(where: Where): [string, ...string[]] {
  const {
    package: { directory },
    checkout,
    variant,
  } = where
  const over = [
    ...(variant === undefined ? [] : [join(directory, `compose.${variant}.yaml`)]),
    join(checkout, FOLDER_IN_CHECKOUT, 'compose.yaml'),
  ]
  return [join(directory, 'compose.yaml'), ...over.filter(existsSync), ...besideFilesOf(where).map(({ file }) => file)]
}

/** The package's compose.with.<service>.yaml, and over it the checkout's. */
const besideFilesOf = ({ package: { directory }, checkout, beside = [] }: Where): { of: string; file: string }[] =>
  beside.flatMap((of) =>
    [directory, join(checkout, FOLDER_IN_CHECKOUT)]
      .map((folder) => ({ of, file: join(folder, `compose.with.${of}.yaml`) }))
      .filter(({ file }) => existsSync(file)),
  )

/** The variables of these files whose values are known once all ports are, each with where it is named first. Pure. */
function findToldLater(sources: readonly Source[], beside: readonly string[]): { [name: string]: Place } {
  const prefixes = beside.map((service) => `${variableOf(service)}_`)
  const isLater = (name: string) =>
    /^DEVENV_URL(_\d+)?$/.test(name) || prefixes.some((prefix) => name.startsWith(prefix))
  const found = sources.flatMap((source) =>
    textsAt(source.value).flatMap(({ path, text }) =>
      namesIn(text)
        .filter(isLater)
        .map((name) => [name, source.placeOf(path)] as const),
    ),
  )
  return Object.fromEntries(found.reverse())
}

/** Every string in a value, with the way to it. Pure. */
function textsAt(
  value: unknown,
  path: readonly (string | number)[] = [],
): { path: (string | number)[]; text: string }[] {
  if (typeof value === 'string') return [{ path: [...path], text: value }]
  if (typeof value !== 'object' || value === null) return []
  const isList = Array.isArray(value)
  return Object.entries(value).flatMap(([key, part]) => textsAt(part, [...path, isList ? Number(key) : key]))
}

/** What is added while other services run beside this one. Pure. */
const withBeside = (
  definition: Definition,
  added: readonly { of: string; source: Source; extension: BesideExtension }[],
): Definition => ({
  ...definition,
  provision: [
    ...definition.provision,
    ...added.flatMap(({ extension }) =>
      parseProvision(extension.provision, definition.primary).map((step) => ({ ...step, beside: true as const })),
    ),
  ],
  accounts: [...definition.accounts, ...added.flatMap(({ extension }) => extension.accounts ?? [])],
  asks: added.flatMap(({ of, source, extension }) =>
    (extension.asks ?? []).map(({ name, target, with: variables = {} }, index) => ({
      of,
      name,
      target,
      variables: textsOf(variables),
      place: source.placeOf(['x-devenv-with', 'asks', index, 'target']),
    })),
  ),
})

/** The variables that these files read from the environment, ours (DEVENV_…) left out. */
export function readVariableNames(where: Where): string[] {
  const names = composeFilesOf(where).flatMap((file) => namesIn(readSource(file).value))
  return [...new Set(names)].filter((name) => !name.startsWith('DEVENV_')).sort()
}

/** The variables that the texts of a value name. Pure. */
const namesIn = (value: unknown): string[] =>
  stringsIn(value)
    .flatMap((text) => [...text.matchAll(/(?<!\$)\$(?:\{(\w+)|([A-Za-z_]\w*))/g)])
    .map(([, braced, bare]) => braced ?? bare ?? '')

/** The images that these files name, as they are written. */
export const readImageNames = (where: Where): string[] =>
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
    parts: extension.parts,
    recognisedBy: extension['recognised-by'] ?? [],
    variant,
    releases: extension.releases ?? {},
    ...needsOf(extension),
    provision: parseProvision(extension.provision, primary),
    accounts: extension.accounts ?? [],
    asks: [],
    libraries: extension.libraries,
    library: extension.library,
    toldLater: {},
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

const parseProvision = (steps: Extension['provision'], primary: string): ProvisionStep[] =>
  (steps ?? []).map(({ name, service, run, needs, when }) => ({
    name,
    service: service ?? primary,
    run: typeof run === 'string' ? wordsOf(run) : run,
    needs: listOf(needs),
    when: {
      files: when?.files ?? [],
      installed: when?.installed ?? [],
      stores: when?.stores ?? [],
      libraries: when?.libraries ?? [],
      image: when?.image ?? false,
      address: when?.address ?? false,
    },
  }))

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

/** The files that a definition is read from; `variant` and checkout lay theirs over the package's. */
export const listDefinitionFiles = (where: Where): string[] => [
  ...composeFilesOf(where),
  ...readdirSync(join(CORE_DIRECTORY, 'compose')).map((name) => join(CORE_DIRECTORY, 'compose', name)),
]
