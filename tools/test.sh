#!/bin/sh
# All tests: `check`, then the scenarios on a real engine and in a real browser.
set -eu
cd "$(dirname "$0")/.."
tools/browser/set-up.sh >/dev/null
tools/check.sh
# What failed scenarios of an earlier run saw.
rm -rf .failed
exec node_modules/.bin/vitest run --project 'scenarios*' --reporter tools/scenarios/show-evidence.ts --reporter default
