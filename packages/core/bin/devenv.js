#!/usr/bin/env node
// Committed, so that npm links it before anything is built.
const { existsSync } = require('node:fs')
const { enableCompileCache } = require('node:module')
const { join } = require('node:path')

// From Node 22 on, starting costs less from the second time.
enableCompileCache?.()

const main = join(__dirname, '../dist/bundle/main.cjs')
if (existsSync(main)) {
  require(main)
} else {
  process.stderr.write(
    'not-built\n  what  @devenv/core is not compiled.\n  why   This is a clone of the repository; there npm builds dist/.\n  fix   npm install   (at the root of the repository)\n',
  )
  process.exitCode = 1
}
