const fs = require('node:fs')
const path = require('node:path')
const BundleTracker = require('webpack-bundle-tracker')

/** While there is a file `held` in the checkout, no build ends. */
class Held {
  apply(compiler) {
    const held = path.join(path.dirname(fs.realpathSync(__filename)), 'held')
    compiler.hooks.make.tapPromise('Held', async () => {
      while (fs.existsSync(held)) await new Promise((resolve) => setTimeout(resolve, 100))
    })
  }
}

const output = { path: path.join(__dirname, 'common/static/bundles'), publicPath: '' }
const stats = [process.env.STATIC_ROOT_LMS, process.env.STATIC_ROOT_CMS]
const wrapped = [path.resolve(__dirname, 'common/static/common/js/notice.js'), /xmodule\/js\/src/]

module.exports = [
  {
    name: 'pages',
    mode: 'development',
    devtool: false,
    context: __dirname,
    entry: { login: './lms/static/js/login.js', studio: './cms/static/js/studio.js' },
    output: { ...output, filename: '[name].[contenthash].js' },
    module: { rules: [{ include: wrapped, loader: path.resolve(__dirname, 'scripts/unwrap.js') }] },
    plugins: [new Held(), ...stats.map((folder) => new BundleTracker({ path: folder }))],
    watchOptions: { poll: true },
  },
  {
    name: 'editor',
    mode: 'development',
    devtool: false,
    context: __dirname,
    entry: { editor: './common/static/js/editor.js' },
    output: { ...output, filename: '[name].js' },
  },
]
