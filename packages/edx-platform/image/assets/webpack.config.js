// The checkout's own webpack configuration for development, run in /edx/var/edx-platform/tree (see `tree`).
const fs = require('node:fs')
const path = require('node:path')

const TREE = process.cwd()
const CHECKOUT = '/edx/app/edx-platform/edx-platform'
const MODULES = '/edx/app/edx-platform/node_modules'

const file = path.join(TREE, 'webpack.dev.config.js')
const configs = [require(file)].flat()

/**
 * The path by which the tree has a file, whatever links led to it: upstream's rules name files so, and its own links
 * (cms/static/common → common/static/common) give others a second path.
 */
function inTree(found) {
  const real = fs.realpathSync(found)
  if (real.startsWith(`${MODULES}/`)) return path.join(TREE, 'node_modules', real.slice(MODULES.length))
  if (real.startsWith(`${CHECKOUT}/`)) return path.join(TREE, real.slice(CHECKOUT.length))
  return real
}

/** What webpack's `symlinks: true` does, but for the links by which the tree holds the checkout. */
class ByTheTreesPaths {
  apply(resolver) {
    const target = resolver.ensureHook('existing-file')
    resolver.getHook('existing-file').tapAsync('ByTheTreesPaths', (request, context, callback) => {
      const found = inTree(request.path)
      if (found === request.path) return callback()
      resolver.doResolve(target, { ...request, path: found }, `by the tree's path ${found}`, context, callback)
    })
  }
}

/**
 * Of a link, watchpack tells webpack when the link was made, not when the file that it leads to was saved. So webpack would
 * build the first save of that file, and no other (webpack/webpack#15100). What it is not told, it looks up for itself.
 */
class TimesOfFilesNotOfLinks {
  apply(compiler) {
    compiler.hooks.watchRun.tap('TimesOfFilesNotOfLinks', ({ fileTimestamps: told }) => {
      for (const [file, time] of told ?? []) if (time?.timestamp && file.startsWith(`${TREE}/`)) told.delete(file)
    })
  }
}

/**
 * Pages wait while webpack-bundle-tracker's stats say "compiling". Whoever is stopped meanwhile puts back what they said,
 * or pages would wait for nobody.
 */
function putStatsBackWhenStopped() {
  const folders = [process.env.STATIC_ROOT_LMS, process.env.STATIC_ROOT_CMS]
  const names = folders.flatMap((folder) => fs.readdirSync(folder).map((name) => path.join(folder, name)))
  const before = names
    .filter((name) => /webpack.*stats\.json$/.test(name))
    .map((name) => ({ name, text: fs.readFileSync(name, 'utf8') }))
  process.on('exit', () => {
    for (const { name, text } of before)
      if (!/"status": *"(done|error)"/.test(fs.readFileSync(name, 'utf8'))) fs.writeFileSync(name, text)
  })
  // With --watch webpack ends itself, after it has written its cache.
  if (!process.argv.includes('--watch'))
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1))
}
putStatsBackWhenStopped()

const byTheTreesPaths = (resolve = {}) => ({
  ...resolve,
  symlinks: false,
  plugins: [...(resolve.plugins ?? []), new ByTheTreesPaths()],
})

module.exports = configs.map((config, index) => ({
  ...config,
  resolve: byTheTreesPaths(config.resolve),
  resolveLoader: { ...config.resolveLoader, symlinks: false },
  plugins: [...(config.plugins ?? []), new TimesOfFilesNotOfLinks()],
  cache: {
    type: 'filesystem',
    name: String(index),
    cacheDirectory: '/edx/var/edx-platform/webpack-cache',
    buildDependencies: { config: [__filename, fs.realpathSync(file)] },
    compression: 'gzip', // 80 MB instead of 500
    // `webpack` sees to it that there is one writer.
    readonly: process.env.WEBPACK_CACHE === 'readonly',
  },
  stats: 'errors-warnings',
  infrastructureLogging: { level: 'error' },
  // File events; the checkout's own asks for polling. The entrypoint tells where events do not arrive.
  watchOptions: {
    // Beside folders that are written to, files of the checkout are links: what is saved is where they lead.
    followSymlinks: true,
    ignored: ['**/node_modules', '**/.git'],
    ...(fs.existsSync('/run/devenv/polling') && { poll: 1000 }),
  },
}))
