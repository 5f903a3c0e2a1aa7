#!/usr/bin/env node
// `npx` runs this: devenv, with this package as the environment.
import { fileURLToPath } from 'node:url'

process.env.DEVENV_PACKAGE ??= fileURLToPath(new URL('..', import.meta.url))
await import('@devenv/core/bin/devenv.js')
