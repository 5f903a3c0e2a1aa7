// The checkout's own webpack configuration for development, run in /edx/var/edx-platform/tree (see `tree`).
const fs = require('node:fs')
const path = require('node:path')

const file = path.join(process.cwd(), 'webpack.dev.config.js')
const configs = [require(file)].flat()
const watching = process.argv.includes('--watch')

module.exports = configs.map((config, index) => ({
  ...config,
  resolve: { ...config.resolve, symlinks: false },
  resolveLoader: { ...config.resolveLoader, symlinks: false },
  cache: {
    type: 'filesystem',
    name: `${watching ? 'watch' : 'once'}-${index}`,
    cacheDirectory: '/edx/var/edx-platform/webpack-cache',
    buildDependencies: { config: [__filename, fs.realpathSync(file)] },
    compression: 'gzip', // 80 MB instead of 500
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
