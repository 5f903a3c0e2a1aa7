#!/usr/bin/env node
// @ts-check
// Prints the official images that environment packages name, in their Compose files and Dockerfiles: those of every
// variant, each once. What DEVENV_WITHOUT leaves out is not among them.
//
//   node tools/stand-ins/list-images.mjs PACKAGE-FOLDER…

import { renderProblem } from '../../packages/core/dist/problem/explain-problem.js'
import { DevenvError } from '../../packages/core/dist/problem/problem.js'
import { parseNames } from '../../packages/core/dist/settings/settings.js'
import { readPackageImages } from './package-images.mjs'

const without = parseNames(process.env.DEVENV_WITHOUT ?? '') ?? []
try {
  const images = await Promise.all(process.argv.slice(2).map((folder) => readPackageImages(folder, without)))
  for (const image of new Set(images.flat())) process.stdout.write(`${image}\n`)
} catch (error) {
  if (!(error instanceof DevenvError)) throw error
  process.stderr.write(`${error.problems.map(renderProblem).join('\n')}\n`)
  process.exitCode = 1
}
