#!/bin/sh
# Compiles the modules that have changed, into dist/, and bundles the command from them, into dist/bundle/.
set -eu
cd "$(dirname "$0")"
modules=../../node_modules
"$modules/.bin/tsc" -b
# The stamp comes last: an interrupted bundle is made again.
stamp=dist/.bundled
for input in dist/.tsbuildinfo schema/x-devenv.schema.json rolldown.config.mjs "$modules/.package-lock.json"; do
  if [ ! "$stamp" -nt "$input" ]; then
    "$modules/.bin/rolldown" -c >/dev/null
    touch "$stamp"
    break
  fi
done
