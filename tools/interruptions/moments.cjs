// Loaded before devenv (NODE_OPTIONS=--require): counts the moments at which it changes a file, asks the engine or starts a
// program, and does something to it at one of them.
//
//   MOMENT        at which moment, from 1 on; not set: only count
//   MOMENT_DO     SIGINT (to the whole group, as a terminal does), SIGTERM, SIGHUP, SIGKILL, or `child`: the program that is
//                 started at this moment is killed
//   MOMENT_FILE   where the list of moments is written when devenv ends
const child = require('node:child_process')
const fs = require('node:fs')
const http = require('node:http')
const { syncBuiltinESMExports } = require('node:module')

const { MOMENT, MOMENT_DO, MOMENT_FILE } = process.env
const write = fs.writeFileSync
/** @type {string[]} */
const moments = []

/** @param {string} what @returns {boolean} whether this is the moment */
function isNow(what) {
  moments.push(what)
  return moments.length === Number(MOMENT)
}

/** @param {string} what */
function pass(what) {
  if (!isNow(what) || MOMENT_DO === 'child') return
  process.kill(MOMENT_DO === 'SIGINT' ? -process.pid : process.pid, MOMENT_DO)
}

const CHANGES = ['writeFileSync', 'appendFileSync', 'renameSync', 'mkdirSync', 'rmSync', 'rmdirSync', 'chownSync']
for (const name of CHANGES) {
  const original = /** @type {any} */ (fs)[name]
  Object.assign(fs, {
    /** @param {any[]} given */
    [name](...given) {
      pass(`${name} ${given[0]}`)
      return original.apply(fs, given)
    },
  })
}

const request = http.request
Object.assign(http, {
  /** @param {any[]} given */
  request(...given) {
    pass(`${given[0]?.method} ${given[0]?.path}`)
    return Reflect.apply(request, http, given)
  },
})

const spawn = child.spawn
Object.assign(child, {
  /** @param {any[]} given */
  spawn(...given) {
    const what = `run ${given[0]} ${given[1]?.slice?.(0, 2).join(' ')}`
    if (MOMENT_DO !== 'child') pass(what)
    const now = MOMENT_DO === 'child' && isNow(what)
    const started = Reflect.apply(spawn, child, given)
    // In the middle of its work: `docker compose` needs some hundred milliseconds to begin it.
    if (now) setTimeout(() => started.kill('SIGKILL'), Number(process.env.MOMENT_AFTER ?? 0))
    return started
  },
})
syncBuiltinESMExports()

// Who is started by devenv is no devenv.
delete process.env.NODE_OPTIONS
if (MOMENT_FILE) process.once('exit', () => write(MOMENT_FILE, JSON.stringify(moments)))
