// What @openedx/frontend-build would make of .env.development and of the variables of the program, as far as it is asked for here.
const fs = require('node:fs')
const path = require('node:path')
const { DefinePlugin } = require('webpack')

const [, greeting] = /GREETING='(.*)'/.exec(fs.readFileSync('.env.development', 'utf8'))
const { PUBLIC_PATH: publicPath = '/', LMS_BASE_URL = '', MFE_CONFIG_API_URL = '', APP_ID = '' } = process.env

module.exports = {
  mode: 'development',
  entry: { app: path.resolve('./src/index') },
  output: { publicPath },
  plugins: [new DefinePlugin({ SETTINGS: JSON.stringify({ greeting, LMS_BASE_URL, MFE_CONFIG_API_URL, APP_ID }) })],
  devServer: {
    hot: true,
    historyApiFallback: { index: `${publicPath}index.html` },
    static: { directory: path.resolve('public'), publicPath },
    devMiddleware: { publicPath },
  },
}
