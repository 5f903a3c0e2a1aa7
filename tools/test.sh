#!/bin/sh
# All tests: `check`, then the scenarios on a real engine and in a real browser.
set -eu
cd "$(dirname "$0")/.."
tools/browser/set-up.sh >/dev/null
tools/check.sh
# What failed scenarios of an earlier run saw.
rm -rf .failed
node_modules/.bin/vitest run --project 'scenarios*' && exit
# Where nobody can look into .failed/, as in CI, this is what is left of it.
find .failed -name '*.log' -size +0 -exec tail -n 12 {} + >&2
exit 1
