// The checkout's own webpack configuration, writing where devenv_discovery.paths says: outside the checkout.
const fs = require('node:fs')
const path = require('node:path')

const BUILT = '/edx/var/discovery'
const SKIPPED = '/opt/discovery/BOWER_SKIPPED'

const checkout = path.join(process.cwd(), 'webpack.config.js')
const config = require(checkout)

const tracker = config.plugins.find((plugin) => plugin.constructor.name === 'BundleTrackerPlugin')
tracker.options.filename = `${BUILT}/webpack-stats.json`

config.output.path = `${BUILT}/static/bundles`
config.output.clean = true // file names carry a hash: without this each edit leaves another copy
// While watching, a quick rebuild is worth more than a small file.
const watching = process.argv.includes('--watch')
if (watching) {
  config.optimization = { ...config.optimization, minimize: false }
}
config.cache = {
  type: 'filesystem',
  name: watching ? 'watch' : 'once',
  cacheDirectory: `${BUILT}/webpack-cache`,
  buildDependencies: { config: [__filename, checkout] },
}
config.watchOptions = { ignored: ['**/node_modules', '**/.git'] }
// Written by devenv's entrypoint where file events do not reach the container.
if (fs.existsSync('/run/devenv/polling')) {
  config.watchOptions.poll = 1000
}

if (fs.existsSync(SKIPPED)) {
  process.stderr.write(fs.readFileSync(SKIPPED))
}

module.exports = config
