#!/usr/bin/env node
// @ts-check
// Prints the official images that an environment package names, in its Compose files and Dockerfiles: those of every
// variant.
//
//   node tools/stand-ins/list-images.mjs PACKAGE-FOLDER
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const [folder = '.'] = process.argv.slice(2)
const texts = readdirSync(folder)
  .filter((name) => /^(compose(\..+)?\.yaml|Dockerfile(\..+)?)$/.test(name) && !name.endsWith('.dockerignore'))
  .map((name) => readFileSync(join(folder, name), 'utf8'))
const named = texts.flatMap((text) => [...text.matchAll(/\$\{DEVENV_MIRROR(?::-docker\.io)?\}\/([\w./-]+:[\w.-]+)/g)])
process.stdout.write(`${[...new Set(named.map(([, image]) => image))].join('\n')}\n`)
