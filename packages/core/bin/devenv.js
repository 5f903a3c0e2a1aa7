#!/usr/bin/env node
// Committed, so that npm links it before anything is built.
import { existsSync } from 'node:fs'
import module from 'node:module'

// From Node 22 on, starting costs less from the second time.
module.enableCompileCache?.()

const main = new URL('../dist/bundle/main.js', import.meta.url)
if (existsSync(main)) {
  await import(main.href)
} else {
  process.stderr.write(
    'not-built\n  what  @devenv/core is not compiled.\n  why   This is a clone of the repository; there npm builds dist/.\n  fix   npm install   (at the root of the repository)\n',
  )
  process.exitCode = 1
}
