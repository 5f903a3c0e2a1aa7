// The checkout's own webpack configuration for development, served at the address that devenv has bound.
const fs = require('node:fs')
const { createRequire } = require('node:module')
const path = require('node:path')
const { resolveLibraries } = require('./libraries.cjs')

const own = path.join(process.cwd(), 'webpack.dev.config.js')
const fromCheckout = createRequire(own)
const config = fs.existsSync(own)
  ? fromCheckout(own)
  : fromCheckout('@openedx/frontend-build').createConfig('webpack-dev')

const { PUBLIC_PATH, DEVENV_URL, DEVENV_CONTAINER } = process.env
const ABSENT = '/devenv/absent/'
/** Whether there is an LMS to ask. */
const { MFE_CONFIG_API_URL } = process.env

/** What a person opens, not what a program asks for. */
const isPage = ({ method, headers }) => method === 'GET' && /text\/html/.test(headers.accept)

/** What is read once, when webpack starts: `reload` starts it again. It watches no hidden files itself. */
for (const name of ['.env.development', '.env.private'])
  fs.watchFile(path.resolve(name), { interval: 1000 }, (now, before) => {
    // Of a file that is not there it is called once.
    if (now.mtimeMs === before.mtimeMs) return
    console.error(`${name} changed: starting again`)
    process.exit()
  })

/** The application lives below a path of its own, as in production. Pages elsewhere lead there: `/`, and `/u/NAME` of profile. */
function toApplication(request, response, next) {
  const [, path, query = ''] = /^\/*([^?]*)(\?.*)?$/.exec(request.url)
  if (!isPage(request) || `/${path}`.startsWith(PUBLIC_PATH) || path.startsWith('devenv/')) return next()
  // Without its last slash, its own path is another one to its router: the page would be empty.
  response.writeHead(302, { Location: `${PUBLIC_PATH}${`/${path}/` === PUBLIC_PATH ? '' : path}${query}` })
  response.end()
}

/** Instead of an LMS, where none runs beside this: says so, to a person as a page, to a program as JSON. */
function instead(request, response, next) {
  if (!request.url.startsWith(ABSENT)) return next()
  const what = `No LMS runs beside ${DEVENV_CONTAINER}`
  const fix = 'make dev.watch WITH=../edx-platform'
  // Nobody is signed in: an application goes on then, as far as it can.
  const status = request.url.endsWith('/login_refresh') ? 401 : 404
  response.writeHead(status, { 'Content-Type': isPage(request) ? 'text/html; charset=utf-8' : 'application/json' })
  response.end(
    isPage(request)
      ? `<!doctype html><html lang="en"><title>${what}</title>` +
          '<body style="font: 16px/1.5 sans-serif; max-width: 44em; margin: 4em auto; padding: 0 1em">' +
          `<h1>${what}</h1><p>In the checkout of this application:</p><pre>${fix}</pre>`
      : JSON.stringify({ detail: `${what}: ${fix}` }),
  )
}

/** What a page runs first, where no LMS runs beside it. */
function withNote(entry) {
  if (MFE_CONFIG_API_URL) return entry
  return { ...entry, app: [path.join(__dirname, 'absent-lms.js'), entry.app].flat() }
}

// Each question to an LMS that is not there would be an error over the whole page.
if (!MFE_CONFIG_API_URL)
  for (const plugin of config.plugins)
    if (plugin.constructor.name === 'ReactRefreshPlugin') plugin.options.overlay = false

const attached = (process.env.DEVENV_LIBRARIES ?? '').split(':').filter(Boolean)
const libraries = resolveLibraries(attached, path.resolve('node_modules'))

const { setupMiddlewares, client, ...devServer } = config.devServer ?? {}

module.exports = {
  ...config,
  entry: withNote(config.entry),
  resolve: {
    ...config.resolve,
    alias: { ...config.resolve?.alias, ...libraries.alias },
    modules: [...(config.resolve?.modules ?? ['node_modules']), ...libraries.modules],
  },
  stats: 'errors-warnings',
  watchOptions: {
    ...config.watchOptions,
    ignored: ['**/node_modules', '**/.git', '**/.dev'],
    // Written by devenv's entrypoint where file events do not reach the container.
    ...(fs.existsSync('/run/devenv/polling') && { poll: 1000 }),
  },
  devServer: {
    ...devServer,
    host: '0.0.0.0',
    port: 8080,
    open: false,
    // Only loopback of the host leads here; services beside it come by other names.
    allowedHosts: 'all',
    client: {
      ...(typeof client === 'object' && client),
      ...(!MFE_CONFIG_API_URL && { overlay: { errors: true, warnings: false, runtimeErrors: false } }),
      // Where the page comes from, whatever port that is bound to.
      webSocketURL: DEVENV_URL ? `${DEVENV_URL.replace(/^http/, 'ws')}/ws` : 'auto://0.0.0.0:0/ws',
    },
    setupMiddlewares: (middlewares, server) => {
      for (const [name, middleware] of Object.entries({ toApplication, instead }))
        middlewares.unshift({ name, middleware })
      return setupMiddlewares ? setupMiddlewares(middlewares, server) : middlewares
    },
  },
}
