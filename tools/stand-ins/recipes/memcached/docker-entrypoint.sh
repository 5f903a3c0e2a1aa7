#!/bin/sh
# The official image's interface: options go to memcached.
set -e
case ${1-} in
  -*) set -- memcached "$@" ;;
esac
[ "$1" != memcached ] || echo "stand-in for memcached: this is $(cat /etc/stand-in)" >&2
exec "$@"
