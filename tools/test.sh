#!/bin/sh
# All tests: `check`, then the scenarios on a real engine.
set -eu
cd "$(dirname "$0")/.."
tools/check.sh
node_modules/.bin/vitest run --project scenarios
