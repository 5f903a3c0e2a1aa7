// Libraries of Node that are attached (WITH=../frontend-component-footer): their source in the place of what npm has installed.
const fs = require('node:fs')
const path = require('node:path')

/**
 * What webpack resolves otherwise for them. A package has what it exports in `dist`, or at its top; a checkout has it in `src`, if
 * anywhere. Of what both need there is one copy, the application's: two of React do not know each other's hooks.
 * @param {readonly string[]} libraries their folders
 * @param {string} modules the application's node_modules
 * @returns {{ alias: Record<string, string | string[]>, modules: string[] }} of webpack's `resolve`; without libraries, nothing
 */
exports.resolveLibraries = (libraries, modules) => {
  const described = libraries.flatMap((folder) => {
    const { name, peerDependencies } = readDescription(folder) ?? {}
    return name ? [{ folder, name, peers: Object.keys(peerDependencies ?? {}) }] : []
  })
  const names = described.map(({ name }) => name)
  const shared = described.flatMap(({ peers }) => peers).filter((peer) => !names.includes(peer))
  return {
    alias: Object.fromEntries([
      ...described.flatMap(({ folder, name }) => [
        [`${name}/dist`, [path.join(folder, 'src'), path.join(folder, 'dist')]],
        [name, [path.join(folder, 'src'), folder]],
      ]),
      ...shared
        .filter((peer) => fs.existsSync(path.join(modules, peer)))
        .map((peer) => [peer, path.join(modules, peer)]),
    ]),
    modules: described.length > 0 ? [modules] : [],
  }
}

/** @returns {{ name?: string, peerDependencies?: Record<string, string> } | undefined} of one that is broken, nothing: a start tells that */
function readDescription(folder) {
  try {
    return JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'))
  } catch {
    return undefined
  }
}
