#!/usr/bin/env node
// @ts-check
// Prints the official images that an environment package names, in its Compose file and its Dockerfile.
//
//   node tools/stand-ins/list-images.mjs PACKAGE-FOLDER
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const [folder = '.'] = process.argv.slice(2)
const texts = ['compose.yaml', 'Dockerfile'].map((name) => readFileSync(join(folder, name), 'utf8'))
const named = texts.flatMap((text) => [...text.matchAll(/\$\{DEVENV_MIRROR(?::-docker\.io)?\}\/([\w./-]+:[\w.-]+)/g)])
process.stdout.write(`${[...new Set(named.map(([, image]) => image))].join('\n')}\n`)
