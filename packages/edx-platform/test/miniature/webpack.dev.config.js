const fs = require('node:fs')
const path = require('node:path')

/** Tells Django which file each bundle is in. */
class Stats {
  apply(compiler) {
    compiler.hooks.done.tap('Stats', (stats) => {
      const chunks = {}
      for (const [name, { assets }] of Object.entries(stats.toJson({ all: false, entrypoints: true }).entrypoints))
        chunks[name] = assets.map((asset) => asset.name)
      for (const root of [process.env.STATIC_ROOT_LMS, process.env.STATIC_ROOT_CMS])
        fs.writeFileSync(path.join(root, 'webpack-stats.json'), JSON.stringify({ status: 'done', chunks }))
    })
  }
}

const output = { path: path.join(__dirname, 'common/static/bundles'), filename: '[name].[contenthash].js' }

module.exports = [
  {
    name: 'pages',
    mode: 'development',
    devtool: false,
    context: __dirname,
    entry: { login: './lms/static/js/login.js', studio: './cms/static/js/studio.js' },
    output,
    plugins: [new Stats()],
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
