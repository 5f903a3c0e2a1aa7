import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Definition, EnvironmentPackage } from '../definition/definition.js'
import { readExtension } from '../definition/extension.js'
import { FOLDER_IN_CHECKOUT } from '../definition/find-package.js'
import { readDefinition, readVariableNames } from '../definition/read-definition.js'
import { recognise } from '../definition/recognise.js'
import { type ObjectReader, openObjects } from '../git/object-reader.js'
import { codeTree } from '../tree/code-tree.js'
import type { CommitReader } from '../tree/commit-tree.js'
import { makeTemporaryFolder } from '../tree/temporary-folder.js'
import type { Tree } from '../tree/tree.js'
import { digestOf, type ImageInputs, listInputs } from './image-inputs.js'
import type { WantedImage } from './plan-image.js'
import { buildSpecOf, type PackageFiles, readImageInputs } from './read-image-inputs.js'

/** The image that the files of a checkout ask for, and all that it is made from. */
export type ServiceImage = { definition: Definition; inputs: ImageInputs; tree: Tree }

/** Pure. */
export const wantedOf = (inputs: ImageInputs): WantedImage => ({
  name: inputs.spec.name,
  digest: digestOf(inputs),
  inputs: listInputs(inputs),
})

/** What decides about images of one package beside the checkout's files. */
export type ImageSource = {
  package: EnvironmentPackage
  registry: string | undefined
  mirror: string | undefined
  locked: Readonly<Record<string, string>>
  /** All that is set, for the variables that a Compose file reads itself. */
  variables: Readonly<Record<string, string | undefined>>
}

/** Reads the images of many commits of one repository; what they share is read once. */
export type CommitImages = { read(commit: string): Promise<ServiceImage>; close(): void }

/**
 * Nothing is checked out: of a commit, only what the package names is looked at. The Compose files are resolved once
 * for all commits of one variant that carry the same `devenv/compose.yaml`.
 * @param repository a clone, or a bare repository
 */
export function openCommits(source: ImageSource, repository: string): CommitImages {
  const objects: ObjectReader = openObjects(repository)
  const reader: CommitReader = { objects, hashes: new Map() }
  const extension = readExtension(source.package)
  const room = makeTemporaryFolder('commits')
  const definitions = new Map<string, Promise<Definition>>()
  const shared: PackageFiles = new Map()
  const define = async (tree: Tree): Promise<Definition> => {
    const variant = await recognise(source.package, extension, tree)
    const over = await tree.read(`${FOLDER_IN_CHECKOUT}/compose.yaml`)
    const key = JSON.stringify([variant, over?.toString()])
    const known = definitions.get(key)
    if (known !== undefined) return await known
    const checkout = join(room.path, String(definitions.size))
    mkdirSync(join(checkout, FOLDER_IN_CHECKOUT), { recursive: true })
    if (over !== undefined) writeFileSync(join(checkout, FOLDER_IN_CHECKOUT, 'compose.yaml'), over)
    const defined = readDefinitionFor(source, checkout, variant)
    definitions.set(key, defined)
    return await defined
  }
  return {
    async read(commit) {
      const tree = codeTree(reader, commit)
      const definition = await define(tree)
      const spec = buildSpecOf(definition, source)
      return {
        definition,
        tree,
        inputs: await readImageInputs(spec, { checkout: tree, locked: source.locked, shared }),
      }
    },
    close() {
      objects.close()
      room.remove()
    },
  }
}

/** The same for one folder as it is now. */
export async function readFolderImage(source: ImageSource, checkout: string, tree: Tree): Promise<ServiceImage> {
  const variant = await recognise(source.package, readExtension(source.package), tree)
  const definition = await readDefinitionFor(source, checkout, variant)
  const spec = buildSpecOf(definition, source)
  return { definition, tree, inputs: await readImageInputs(spec, { locked: source.locked }) }
}

function readDefinitionFor(source: ImageSource, checkout: string, variant: string | undefined): Promise<Definition> {
  const where = { package: source.package, checkout, variant }
  const named = readVariableNames(where).map((name) => [name, source.variables[name] ?? null])
  return readDefinition({
    ...where,
    project: 'image',
    mirror: source.mirror,
    registry: source.registry,
    variables: Object.fromEntries(named),
    stores: join(checkout, '.dev', 'devenv', 'stores'),
  })
}
