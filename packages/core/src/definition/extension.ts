import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Account, EnvironmentPackage, ProvisionStep, SuppliedTarget } from './definition.js'
import { parseSource } from './source.js'

/** Something that a checkout holds: a file or folder, or a file with a line that matches. */
export type Mark = string | { file: string; matches: string }

/** `x-devenv` as it is written. */
export type Extension = {
  primary: string
  repository?: string
  /** Not needed beside variants. */
  'recognised-by'?: string[]
  variants?: Record<string, { 'recognised-by': Mark[] }>
  releases?: Record<string, string>
  /** Compose 2.26 gives an empty list of an extension back as null; so do the `needs` of targets. */
  needs?: string[] | null

  targets?: Record<string, { needs?: string[] | null; because: string }>
  provision?: { name: string; service?: string; run: [string, ...string[]]; when?: Partial<ProvisionStep['when']> }[]
  accounts?: Account[]
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
    const file = join(directory, name)
    const value = parseSource(file, readFileSync(file, 'utf8')).value as { 'x-devenv'?: Partial<Extension> } | null
    return Object.entries(value?.['x-devenv'] ?? {}).filter(([, part]) => part !== null)
  })
  return Object.fromEntries(parts)
}

/** The targets that a package supplies. Pure. */
export const targetsOf = ({ targets = {} }: Partial<Extension>): { readonly [name: string]: SuppliedTarget } =>
  Object.fromEntries(
    Object.entries(targets).map(([name, { needs, because }]) => [
      name,
      { needs: needs === null ? [] : needs, because },
    ]),
  )
