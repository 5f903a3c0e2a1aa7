// Loaded before devenv (NODE_OPTIONS=--require): counts the moments at which it changes a file, asks the engine or starts a
// program, and does something to it at one of them.
//
//   MOMENT        at which moment, from 1 on; not set: only count
//   MOMENT_DO     SIGINT (to the whole group, as a terminal does), SIGTERM, SIGHUP, SIGKILL; `child`: the program that is
//                 started at this moment is killed; `reset`: the connection to the engine breaks; `silence`: the engine does
//                 not answer; `fill`: the file MOMENT_FILLER takes all that is left of its disk
//   MOMENT_FILE   where the list of moments is written when devenv ends
const child = require('node:child_process')
const fs = require('node:fs')
const http = require('node:http')
const { syncBuiltinESMExports } = require('node:module')
const { createServer } = require('node:net')
const { tmpdir } = require('node:os')
const { join } = require('node:path')

const { MOMENT, MOMENT_DO, MOMENT_FILE, MOMENT_FILLER } = process.env
const { appendFileSync: append, mkdtempSync, rmSync: remove, writeFileSync: write } = fs
/** @type {string[]} */
const moments = []

/** @param {string} what @returns {boolean} whether this is the moment */
function isNow(what) {
  moments.push(what)
  return moments.length === Number(MOMENT)
}

/** @param {string} what */
function pass(what) {
  if (!isNow(what)) return
  if (MOMENT_DO === 'fill') return fill(MOMENT_FILLER ?? '')
  if (!MOMENT_DO?.startsWith('SIG')) return
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
    const now = moments.length === Number(MOMENT)
    if (now && MOMENT_DO === 'silence') given[0] = { ...given[0], socketPath: silentSocket() }
    const asked = Reflect.apply(request, http, given)
    if (now && MOMENT_DO === 'reset')
      setImmediate(() => asked.destroy(Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })))
    return asked
  },
})

/** @param {string} file */
function fill(file) {
  for (const size of [1 << 20, 1 << 12]) {
    try {
      for (;;) append(file, Buffer.alloc(size))
    } catch {
      // The disk is full.
    }
  }
}

/** The path of a socket where somebody listens and says nothing. */
function silentSocket() {
  const folder = mkdtempSync(join(tmpdir(), 'devenv-silent-'))
  process.once('exit', () => remove(folder, { recursive: true, force: true }))
  createServer().listen(join(folder, 'socket')).unref()
  return join(folder, 'socket')
}

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
