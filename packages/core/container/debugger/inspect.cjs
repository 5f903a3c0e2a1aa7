// Has Node's inspector listen in a program that `with-debugger` runs. npm and npx only start others, which come to it in their turn.
const { basename } = require('node:path')
const inspector = require('node:inspector')

const port = Number(process.env.DEVENV_DEBUG_PORT)
if (port && !/^(npm|npx|corepack|yarn|pnpm)(-cli)?(\.c?js)?$/.test(basename(process.argv[1] ?? ''))) {
  const wait = Boolean(process.env.DEVENV_DEBUG_WAIT)
  for (const name of ['DEVENV_DEBUG_PORT', 'DEVENV_DEBUG_WAIT']) delete process.env[name]
  if (wait) console.error(`with-debugger: waiting for an editor at port ${port}`)
  inspector.open(port, '127.0.0.1', wait)
}
