#!/bin/sh
# Arguments that are no command are node's.
set -e
case ${1-} in
  -*) set -- node "$@" ;;
  *) command -v "${1-node}" >/dev/null || set -- node "$@" ;;
esac
exec "$@"
