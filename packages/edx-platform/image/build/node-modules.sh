#!/bin/sh
# npm's packages, into the working directory. $1: install or skip what comes from GitHub, as EDX_PLATFORM_GITHUB says.
# The install scripts of packages are not run: none of those that are needed has one.
set -eu
cp /tmp/checkout/package.json /tmp/checkout/package-lock.json .
case $1 in
install) ;;
skip) node /tmp/build/without-github.mjs ;;
*) echo "EDX_PLATFORM_GITHUB is \"$1\"; it must be install or skip." >&2; exit 1 ;;
esac
if ! sh /opt/devenv/build/with-ca npm ci --ignore-scripts --no-audit --no-fund --no-update-notifier; then
    [ "$1" = skip ] || sh /tmp/build/github-unreachable.sh
    exit 1
fi
rm package.json package-lock.json
