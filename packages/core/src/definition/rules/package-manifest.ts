import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { globSync } from 'tinyglobby'
import type { Place } from '../../problem/problem.js'
import { CORE_DIRECTORY } from '../core-directory.js'
import type { Definition } from '../definition.js'
import { listBeside } from '../extension.js'
import { readManifest } from '../find-package.js'
import { readSource } from '../source.js'
import type { Breach, Rule } from './rule.js'

const CLAUSE = 'docs/add-a-service.md, Write it'
const CORE = '@devenv/core'

export const isPublished: Rule = {
  name: 'is-published',
  clause: CLAUSE,
  why: 'Clones of its repository install the package from npm, and npm publishes nothing that is private.',
  check: ({ definition }) => {
    const manifest = join(definition.package.directory, 'package.json')
    if (definition.repository === undefined || readManifest(manifest).private !== true) return []
    return [
      {
        place: placeOfText(manifest, '"private"'),
        what: `The package names ${definition.repository}, but is private.`,
        fix: 'Remove "private": true.',
      },
    ]
  },
}

export const commandsAreThere: Rule = {
  name: 'commands-are-there',
  clause: CLAUSE,
  why: 'npm links the commands that `bin` names, and drops one without a file in silence.',
  check: ({ definition }) => {
    const { directory } = definition.package
    const manifest = join(directory, 'package.json')
    const { bin = {} } = readManifest(manifest)
    const files: string[] = typeof bin === 'string' ? [bin] : Object.values(bin)
    return files
      .filter((file) => !existsSync(join(directory, file)))
      .map((file) => ({
        place: placeOfText(manifest, file),
        what: `bin names ${file}, which is not there.`,
        fix: `Name one of: ${listOf(join(directory, 'bin')).join(', ') || 'none'}. Or rename that file to ${file}.`,
      }))
  },
}

export const coreIsThere: Rule = {
  name: 'core-is-there',
  clause: CLAUSE,
  why: 'The package builds and runs with the files of @devenv/core.',
  check: ({ definition }) => {
    const { directory } = definition.package
    const manifest = join(directory, 'package.json')
    const wanted: string | undefined = readManifest(manifest).dependencies?.[CORE]
    const beside = findCore(directory)
    const { version } = readManifest(join(beside ?? CORE_DIRECTORY, 'package.json'))
    const breaches: Breach[] = []
    if (wanted === undefined || (/^\d/.test(wanted) && wanted !== version))
      breaches.push({
        place: placeOfText(manifest, wanted === undefined ? '"dependencies"' : `"${CORE}"`),
        what:
          wanted === undefined
            ? `The package does not depend on ${CORE}.`
            : `The package depends on ${CORE} ${wanted}, but ${version} is here.`,
        fix: `"dependencies": { "${CORE}": "${version}" }`,
      })
    return [...breaches, ...wrongPaths(directory, beside)]
  },
}

/** Each default of DEVENV_CORE that leads elsewhere. Where there is no core to lead to, no default is right. */
const wrongPaths = (directory: string, core: string | undefined): Breach[] =>
  (core === undefined || `${directory}${sep}`.includes(`${sep}node_modules${sep}`)
    ? []
    : defaultsOf('DEVENV_CORE', directory)
  )
    .filter(({ path }) => !isCore(resolve(directory, path)))
    .map(({ path, place }) => ({
      place,
      what: `The default of DEVENV_CORE, ${path}, does not lead to core.`,
      fix: `\${DEVENV_CORE:-${relative(directory, core ?? CORE_DIRECTORY)}}`,
    }))

/** What the Compose files of a package take where a variable is not set, each default of a file once. */
const defaultsOf = (variable: string, directory: string): { path: string; place: Place }[] =>
  listOf(directory)
    .filter((name) => /^compose.*\.ya?ml$/.test(name))
    .flatMap((name) => {
      const file = join(directory, name)
      const found = readFileSync(file, 'utf8').matchAll(new RegExp(`\\$\\{${variable}:?-([^}]*)\\}`, 'g'))
      return [...new Set([...found].map(([, path = '']) => path))].map((path) => ({
        path,
        place: placeOfText(file, `{${variable}:-${path}}`),
      }))
    })

const isCore = (folder: string): boolean => {
  const manifest = join(folder, 'package.json')
  return existsSync(manifest) && readManifest(manifest).name === CORE
}

/** The core that npm gives to a package, or that lies beside it. */
const findCore = (directory: string): string | undefined =>
  [directory, ...foldersAbove(directory)]
    .flatMap((folder) => [join(folder, 'core'), join(folder, 'packages/core'), join(folder, 'node_modules', CORE)])
    .find(isCore)

export const namesAreItsOwn: Rule = {
  name: 'names-are-its-own',
  clause: CLAUSE,
  why: 'A copied package brings the names of another, and no two may share an image, a command or a project of Nx.',
  check: ({ definition }) => {
    const { directory, service } = definition.package
    const found = [...namesOfOthers(definition), ...clonesOfOthers(definition), ...namesakes(directory, service)]
    const seen = new Set(found.map(({ place: { file, line } }) => `${file}:${line}`))
    const left = [service, ...listBeside(definition.package)].some((name) => /hello/i.test(name))
      ? []
      : namesOfTemplate(directory, service)
    return [...found, ...left.filter(({ place: { file, line } }) => !seen.has(`${file}:${line}`))]
  },
}

/** Each name that follows from that of the service, and does not. */
function namesOfOthers({ package: { directory, service }, primary, project }: Definition): Breach[] {
  const manifest = join(directory, 'package.json')
  const compose = readSource(join(directory, 'compose.yaml'))
  const { bin = {}, nx } = readManifest(manifest)
  const { name } = (compose.value ?? {}) as { name?: unknown }
  const image = project.services[primary]?.image ?? ''
  const commands: string[] = typeof bin === 'string' ? [] : Object.keys(bin)
  return [
    ...([service, primary].includes(image.split('/').at(-1) ?? '')
      ? []
      : [
          {
            place: compose.placeOf(['services', primary, 'image']),
            what: `The image of ${service} is called ${image}.`,
            fix: `Remove \`image:\`: without it, the image is devenv/${primary}.`,
          },
        ]),
    ...(name === undefined || name === service
      ? []
      : [
          {
            place: compose.placeOf(['name']),
            what: `The Compose file of ${service} is called ${name}.`,
            fix: `name: ${service}`,
          },
        ]),
    ...(nx?.name === undefined || nx.name === service
      ? []
      : [
          {
            place: placeOfText(manifest, `"name": "${nx.name}"`),
            what: `Nx knows ${service} as ${nx.name}.`,
            fix: `"nx": { "name": "${service}" }`,
          },
        ]),
    ...commands
      .filter((command) => !command.includes(service))
      .map((command) => ({
        place: placeOfText(manifest, `"${command}":`),
        what: `bin calls a command of ${service} ${command}.`,
        fix: `"bin": { "devenv-${service}": … }`,
      })),
  ]
}

/** Where another package of the workspace finds its checkout, or a fresh one: whoever copies a package keeps that. */
function clonesOfOthers({ package: { directory, service }, repository }: Definition): Breach[] {
  const workspace = findWorkspace(directory)
  const compose = join(directory, 'compose.yaml')
  return (workspace?.folders ?? [])
    .filter((folder) => folder !== directory)
    .flatMap((folder) => {
      const other = relative(workspace?.root ?? '', folder)
      const clones = defaultsOf('DEVENV_CHECKOUT', folder).map(({ path }) => resolve(folder, path))
      return [
        ...defaultsOf('DEVENV_CHECKOUT', directory)
          .filter(({ path }) => clones.includes(resolve(directory, path)))
          .map(({ path, place }) => ({
            place,
            what: `The usual clone of ${service} is ${path}, which is that of ${other}.`,
            fix: `\${DEVENV_CHECKOUT:-${join(dirname(path), service)}}`,
          })),
        ...(repository !== undefined && repository === repositoryOf(folder)
          ? [
              {
                place: placeOfText(compose, repository),
                what: `The repository of ${service} is ${repository}, which is that of ${other}.`,
                fix: `repository: https://github.com/openedx/${service}`,
              },
            ]
          : []),
      ]
    })
}

/** By its text: another package may be one that cannot be read. */
function repositoryOf(directory: string): string | undefined {
  const file = join(directory, 'compose.yaml')
  return existsSync(file) ? /^ +repository: *(\S+)/m.exec(readFileSync(file, 'utf8'))?.[1] : undefined
}

/** The standard files of a package, each with the first line that speaks of the template. */
const namesOfTemplate = (directory: string, service: string): Breach[] =>
  globSync(['*', 'bin/**', 'image*/**'], { cwd: directory, ignore: ['**/__pycache__/**'] })
    .sort()
    .flatMap((path) => {
      const file = join(directory, path)
      const fix = `Write ${service} there; \`grep -ri hello ${directory}\` finds them all.`
      if (/hello/i.test(path)) return [{ place: { file }, what: `${path} has the template’s name.`, fix }]
      const line = readFileSync(file, 'utf8')
        .split('\n')
        .findIndex((text) => /hello/i.test(text))
      return line < 0
        ? []
        : [{ place: { file, line: line + 1 }, what: `${path} still has a name of the template.`, fix }]
    })

function namesakes(directory: string, service: string): Breach[] {
  const workspace = findWorkspace(directory)
  if (workspace === undefined) return []
  const nameOf = (folder: string): string => {
    const { name, nx } = readManifest(join(folder, 'package.json'))
    return nx?.name ?? name
  }
  const own = nameOf(directory)
  const manifest = join(directory, 'package.json')
  return workspace.folders
    .filter((folder) => folder !== directory && nameOf(folder) === own)
    .map((folder) => ({
      place: placeOfText(manifest, `"name": "${own}"`),
      what: `${relative(workspace.root, folder)} is called ${own} for Nx as well.`,
      fix: `"nx": { "name": "${service}" }   in the one that is not ${service}`,
    }))
}

export const lockKnowsPackage: Rule = {
  name: 'lock-knows-package',
  clause: 'docs/add-a-service.md, Write it',
  why: 'On a fresh clone npm installs what package-lock.json holds.',
  check: ({ definition }) => {
    const workspace = findWorkspace(definition.package.directory)
    if (workspace === undefined) return []
    const lock = join(workspace.root, 'package-lock.json')
    const path = relative(workspace.root, definition.package.directory)
    if (!existsSync(lock) || readManifest(lock).packages?.[path] !== undefined) return []
    return [
      { place: { file: lock }, what: `It does not hold ${path}.`, fix: 'npm install, and commit package-lock.json' },
    ]
  },
}

/** The npm workspace that a folder is part of, with all its folders. */
function findWorkspace(directory: string): { root: string; folders: string[] } | undefined {
  for (const root of foldersAbove(directory)) {
    const manifest = join(root, 'package.json')
    const workspaces: unknown = existsSync(manifest) ? readManifest(manifest).workspaces : undefined
    if (!Array.isArray(workspaces)) continue
    const found = globSync(
      workspaces.map((pattern) => `${pattern}/package.json`),
      { cwd: root, ignore: ['**/node_modules/**'] },
    )
    const folders = found.map((file) => join(root, dirname(file)))
    if (folders.includes(directory)) return { root, folders }
  }
  return undefined
}

const foldersAbove = (directory: string): string[] => {
  const parent = dirname(directory)
  return parent === directory ? [] : [parent, ...foldersAbove(parent)]
}

const listOf = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder).sort() : [])

/** Where a text stands in a file; the file, where it does not. */
function placeOfText(file: string, text: string): Place {
  const line = readFileSync(file, 'utf8')
    .split('\n')
    .findIndex((each) => each.includes(text))
  return line < 0 ? { file } : { file, line: line + 1 }
}
