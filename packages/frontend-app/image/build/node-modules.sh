#!/bin/sh
# npm's packages of the checkout, into the working directory. The checkout's own scripts (postinstall, prepare) are not run: they
# want its source.
set -eu
for file in package.json package-lock.json .npmrc; do
    [ ! -e "/tmp/checkout/$file" ] || cp "/tmp/checkout/$file" .
done
npm pkg delete scripts
sh /opt/devenv/build/with-ca npm ci --no-audit --no-fund --no-update-notifier
rm -f package.json package-lock.json .npmrc
