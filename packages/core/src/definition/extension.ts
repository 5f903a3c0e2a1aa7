import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Parts, Upstream } from '../git/upstream.js'
import type {
  Account,
  BuildHost,
  Definition,
  EnvironmentPackage,
  LibraryKind,
  Mark,
  ProvisionStep,
} from './definition.js'
import { readSource } from './source.js'

/** Compose 2.26 gives an empty list of an extension back as null. */
type Needs = string[] | null

/** `x-devenv` as it is written. */
export type Extension = {
  /** Without it, the service that is called like the package. */
  primary?: string
  repository?: string
  /** Instead of `repository`: a repository for each folder of the code. */
  parts?: Record<string, string>
  /** Not needed beside variants. */
  'recognised-by'?: Mark[]
  variants?: Record<string, { 'recognised-by': Mark[] }>
  releases?: Record<string, string>
  needs?: Needs
  targets?: Record<
    string,
    { needs?: Needs; environment?: Record<string, string | number | boolean>; about?: string; because?: string }
  >
  provision?: {
    name: string
    service?: string
    run: string | [string, ...string[]]
    needs?: Needs
    when?: Partial<ProvisionStep['when']>
  }[]
  accounts?: Account[]
  /** What its service can install. */
  libraries?: LibraryKind
  /** What its checkouts are themselves, for services that can install such. */
  library?: LibraryKind
  hosts?: Record<string, Pick<BuildHost, 'because'> & Partial<BuildHost>>
}

/**
 * Of a package's compose.yaml, and of its variant's over it, without Compose: what has to be known before a checkout is
 * opened. Not validated; what is empty is as if it were not there.
 */
export function readExtension(
  { directory }: Pick<EnvironmentPackage, 'directory'>,
  variant?: string,
): Partial<Extension> {
  const files = ['compose.yaml', ...(variant === undefined ? [] : [`compose.${variant}.yaml`])]
  const parts = files.flatMap((name) => {
    const value = readSource(join(directory, name)).value as { 'x-devenv'?: Partial<Extension> } | null
    return Object.entries(value?.['x-devenv'] ?? {}).filter(([, part]) => part !== null)
  })
  return Object.fromEntries(parts)
}

/** `x-devenv-with` of a compose.with.<service>.yaml: what is added while that service runs beside this one. */
export type BesideExtension = Pick<Extension, 'provision' | 'accounts'> & {
  asks?: { name: string; target: string; with?: Record<string, string | number | boolean> }[]
}

/** Where the code of a service is kept. Pure. */
export const upstreamOf = ({
  repository,
  parts,
}: {
  repository?: string | undefined
  parts?: Parts | undefined
}): Upstream | undefined => parts ?? repository

/** The services that a package has a compose.with.<service>.yaml for. */
export const listBeside = ({ directory }: Pick<EnvironmentPackage, 'directory'>): string[] =>
  readdirSync(directory).flatMap((name) => /^compose\.with\.(.+)\.yaml$/.exec(name)?.[1] ?? [])

/** Of a Compose file, as it is written. Pure. */
export const besideExtensionOf = (model: unknown): BesideExtension =>
  (model as { 'x-devenv-with'?: BesideExtension | null } | null)?.['x-devenv-with'] ?? {}

/** Of a Compose file, as it is written. Pure. */
export const extensionOf = (model: unknown): unknown => (model as { 'x-devenv'?: unknown } | null)?.['x-devenv']

/**
 * Of Compose files that lie over one another: each word as the last file has it that says it. Compose 2.26 has the last
 * file's `x-devenv` replace the others'. Pure.
 */
export const wholeExtensionOf = (models: readonly unknown[]): Partial<Extension> =>
  Object.assign({}, ...models.map(extensionOf))

/** What a shell, the checkout's own targets, and those that the package supplies need. Pure. */
export const needsOf = ({ needs, targets = {} }: Partial<Extension>): Pick<Definition, 'needs' | 'targets'> => ({
  needs: listOf(needs),
  targets: Object.fromEntries(
    Object.entries(targets).map(([name, { needs, environment = {}, about, because }]) => [
      name,
      { needs: listOf(needs), environment: textsOf(environment), about, because },
    ]),
  ),
})

/** Pure. */
export const textsOf = (variables: Record<string, string | number | boolean>): Record<string, string> =>
  Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, `${value}`]))

/** Pure. */
export const listOf = (needs: Needs | undefined): string[] | undefined => (needs === null ? [] : needs)
