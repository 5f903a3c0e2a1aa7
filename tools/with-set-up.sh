#!/bin/sh
# Installs the missing parts, then runs a command:
#
#   tools/with-set-up.sh PACKAGE… -- COMMAND…
#
# The parts are npm's packages; a Docker engine; and, if this machine cannot reach Docker Hub, stand-ins for the official images
# of the PACKAGEs (folders), in a registry on loopback that DEVENV_MIRROR names. It names each image without a stand-in.
set -eu
cd "$(dirname "$0")/.."

if [ ! -e node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  echo "npm: installing the packages of this repository" >&2
  npm ci --no-audit --no-fund --loglevel=error >&2
  touch node_modules/.package-lock.json
fi
packages/core/build.sh

tools/engine/set-up.sh

packages=
while [ "$1" != -- ]; do
  packages="$packages $1"
  shift
done
shift

if [ -z "${DEVENV_MIRROR:-}" ] && [ -n "$packages" ]; then
  # Once stand-ins are in use, data was written by them: the choice holds until they are removed.
  if docker container inspect devenv-stand-ins-registry >/dev/null 2>&1 || ! node tools/stand-ins/ensure.mjs --check-hub; then
    # shellcheck disable=SC2086 # a list of folders
    images=$(node tools/stand-ins/list-images.mjs $packages)
    # shellcheck disable=SC2086 # a list of image names
    DEVENV_MIRROR=$(node tools/stand-ins/ensure.mjs --known $images)
    export DEVENV_MIRROR
    # For the Makefile of hello, which is of this repository: `make dev.watch` there finds them too.
    echo "export DEVENV_MIRROR ?= $DEVENV_MIRROR" > .stand-ins.mk
  fi
fi
exec "$@"
