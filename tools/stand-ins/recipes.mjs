// @ts-check
// What stands in for which official image. A recipe is a folder (a Dockerfile and what it copies) and the build
// arguments that a tag asks for; its bases are read from the Dockerfile's FROM lines.

/**
 * @typedef {object} Recipe
 * @property {RegExp} of               the references it stands in for
 * @property {string} folder           under recipes/
 * @property {'bootstrap' | 'dockerfile'} from
 * @property {(tag: Record<string, string | undefined>) => Record<string, string>} args
 *           build arguments (for a bootstrap: its arguments, in order), from the named groups of `of`
 */

/** What the official images without `-slim` have beside. */
const WITH_COMPILER = 'build-essential ca-certificates curl git pkg-config python3 wget xz-utils'

/** A release of Node, the npm that it ships, and npm's packages of both. */
const NODE = {
  '16.14.0': { npm: '8.3.1', x64: 'dc521bdccd09578810fcf51d426792cc674307bfe45b22d6125abbeab9fdd40b' },
  '18.20.1': { npm: '10.5.0', x64: '7eda7dccfc7ba5dd1d9ec83aefad83dc0d475d0e228929a5c550c2dec76c6089' },
  '20.19.5': { npm: '10.8.2', x64: '82efe0319dc8cbea8450d100cdfb7f61fe16ade12d222d7e4b17b1d07ec90052' },
  '20.20.2': {
    npm: '10.8.2',
    x64: 'c3e7aaf69557617ff16376e83078daf2e862f086399b32b341f68ebcd5e72781',
    arm64: '22f39737865492ba68bf7aa0f01f3af5b0ed5d9144b75a0ad52459c32d447998',
  },
  '24.12.0': { npm: '11.6.2', x64: '0312687a29c9503f8c17a7892e8e5e7c46e8971c14130d787b3e828187e3ffe7' },
}

const NPM = {
  '8.3.1': '314a6f525c60c81bb1d87d1028731777642836457e5eaed76b96e3d9e38f2f16',
  '10.5.0': '17ca6e08e7633b624e8f870db81a78f46afe119de62bcaf0a7407574139198fc',
  '10.8.2': 'c8c61ba0fa0ab3b5120efd5ba97fdaf0e0b495eef647a97c4413919eda0a878b',
  '11.6.2': '585f95094ee5cb2788ee11d90f2a518a7c9ef6e083fa141d0b63ca3383675a20',
}

/** @param {Record<string, string | undefined>} tag */
function nodeArgs({ version = '', slim }) {
  const release = /** @type {Record<string, { npm: keyof typeof NPM, x64?: string, arm64?: string }>} */ (NODE)[version]
  const arch = process.arch === 'arm64' ? 'arm64' : 'x64'
  const sha256 = release?.[arch]
  if (!sha256) {
    throw new Error(
      `node ${version} for ${arch} is not in the table of tools/stand-ins/recipes.mjs. ` +
        `Add it: npm pack node-linux-${arch}@${version}; sha256sum of the file.`,
    )
  }
  return {
    NODE_PACKAGE: `node-linux-${arch}`,
    NODE_VERSION: version,
    NODE_SHA256: sha256,
    NPM_VERSION: release.npm,
    NPM_SHA256: NPM[release.npm],
    PACKAGES: slim ? '' : WITH_COMPILER,
  }
}

/** @param {Record<string, string | undefined>} tag */
function cpythonArgs({ slim }) {
  if (process.arch !== 'x64') {
    throw new Error(`There is no stand-in for python 3.12 on ${process.arch}: Maven Central has it for x86-64 only.`)
  }
  return { PACKAGES: slim ? '' : WITH_COMPILER }
}

/**
 * @param {Record<string, string | undefined>} tag
 * @returns {never}
 */
function refusePython({ tag }) {
  throw new Error(
    `There is no stand-in for library/python:${tag}. There are 3.11 (from Debian) and 3.12 (from Maven ` +
      'Central), as in library/python:3.12-slim-bookworm. tools/stand-ins/README.md says how to add one.',
  )
}

const noArgs = () => ({})

/** @type {readonly Recipe[]} */
export const RECIPES = [
  {
    of: /^library\/debian:(?<suite>[a-z]+)-slim$/,
    folder: 'debian',
    from: 'bootstrap',
    args: ({ suite = '' }) => ({ suite }),
  },
  {
    of: /^library\/python:3\.11(\.\d+)?(?<slim>-slim)?(-[a-z]+)?$/,
    folder: 'python',
    from: 'dockerfile',
    args: ({ slim }) => ({ PACKAGES: slim ? '' : WITH_COMPILER }),
  },
  {
    of: /^library\/python:3\.12(\.\d+)?(?<slim>-slim)?(-[a-z]+)?$/,
    folder: 'cpython',
    from: 'dockerfile',
    args: cpythonArgs,
  },
  // Another Python would compile what was pinned for this one, or fail on it, and say nothing of why.
  { of: /^library\/python:(?<tag>.*)$/, folder: 'python', from: 'dockerfile', args: refusePython },
  {
    of: /^library\/ruby:3\.1\.\d+(?<slim>-slim)?(-bookworm)?$/,
    folder: 'ruby',
    from: 'dockerfile',
    args: ({ slim }) => ({ PACKAGES: slim ? '' : WITH_COMPILER }),
  },
  {
    of: /^library\/node:(?<version>\d+\.\d+\.\d+)(-[a-z]+)??(?<slim>-slim)?$/,
    folder: 'node',
    from: 'dockerfile',
    args: nodeArgs,
  },
  { of: /^library\/mysql:/, folder: 'mysql', from: 'dockerfile', args: noArgs },
  { of: /^library\/redis:/, folder: 'redis', from: 'dockerfile', args: noArgs },
  { of: /^library\/memcached:/, folder: 'memcached', from: 'dockerfile', args: noArgs },
  { of: /^library\/elasticsearch:7\.17\./, folder: 'elasticsearch', from: 'dockerfile', args: noArgs },
  { of: /^library\/mongo:/, folder: 'mongo', from: 'dockerfile', args: noArgs },
  { of: /^library\/registry:/, folder: 'registry', from: 'dockerfile', args: noArgs },
]
