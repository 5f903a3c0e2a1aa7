#!/bin/sh
# The official image's interface: options and *.conf go to redis-server, which runs as redis on /data.
set -e
case ${1-} in
  -* | *.conf) set -- redis-server "$@" ;;
esac
if [ "$1" = redis-server ]; then
  echo "stand-in for redis: this is $(cat /etc/stand-in)" >&2
  # The official build has no protected mode: its server answers other containers without a password.
  case " $* " in
    *protected-mode*) ;;
    *) set -- "$@" --protected-mode no ;;
  esac
  umask 0077
  if [ "$(id -u)" = 0 ]; then
    find . ! -user redis -exec chown redis '{}' +
    exec setpriv --reuid redis --regid redis --clear-groups -- "$@"
  fi
fi
exec "$@"
