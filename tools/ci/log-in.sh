#!/bin/sh
# Logs in where images and packages go: to DEVENV_REGISTRY as REGISTRY_USER with REGISTRY_TOKEN, and to npm's
# registry where NPM_TOKEN is set.
set -eu
printf %s "$REGISTRY_TOKEN" | docker login "${DEVENV_REGISTRY%%/*}" --username "$REGISTRY_USER" --password-stdin
if [ -n "${NPM_TOKEN:-}" ]; then
  # The variable's name: the token itself is on no disk.
  npm config set "$(npm config get registry | cut -d: -f2-):_authToken=\${NPM_TOKEN}"
fi
