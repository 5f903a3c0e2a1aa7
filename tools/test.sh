#!/bin/sh
# All tests: `check`, then the scenarios on a real engine and in a real browser.
set -eu
cd "$(dirname "$0")/.."
tools/browser/set-up.sh >/dev/null
tools/check.sh
node_modules/.bin/vitest run --project scenarios
