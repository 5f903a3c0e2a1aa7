#!/bin/bash
# The official MongoDB image's interface.
#
# Where there is something to make (a root user, files in /docker-entrypoint-initdb.d), the first start makes it on a
# server that only this container reaches. A mark stands in the data directory meanwhile: a start that finds it was
# preceded by one that was interrupted; what that left is removed, and made anew.
set -eo pipefail
shopt -s nullglob

readonly DATA=/data/db
readonly UNFINISHED=$DATA/.first-start-unfinished

say() { echo "stand-in for mongo: $1" >&2; }

fail() {
  say "$1"
  exit 1
}

# MONGO_INITDB_X may come from the file that MONGO_INITDB_X_FILE names.
read_settings() {
  local name file
  for name in MONGO_INITDB_ROOT_USERNAME MONGO_INITDB_ROOT_PASSWORD; do
    file=${name}_FILE
    if [[ -n ${!file-} ]]; then
      [[ -z ${!name-} ]] || fail "both $name and $file are set"
      export "$name=$(<"${!file}")"
    fi
  done
  if [[ -n $MONGO_INITDB_ROOT_USERNAME && -z $MONGO_INITDB_ROOT_PASSWORD ]] ||
    [[ -z $MONGO_INITDB_ROOT_USERNAME && -n $MONGO_INITDB_ROOT_PASSWORD ]]; then
    fail 'MONGO_INITDB_ROOT_USERNAME and MONGO_INITDB_ROOT_PASSWORD need each other'
  fi
  export MONGO_INITDB_DATABASE=${MONGO_INITDB_DATABASE:-test}
}

first_start() {
  local files=(/docker-entrypoint-initdb.d/*.{sh,js}) file
  if [[ -z $MONGO_INITDB_ROOT_USERNAME && ${#files[@]} == 0 ]]; then return; fi
  say 'making the database'
  touch "$UNFINISHED"
  mongod --dbpath "$DATA" --bind_ip 127.0.0.1 --port 27017 --quiet &
  local server=$!
  until (: </dev/tcp/127.0.0.1/27017) 2>/dev/null; do
    kill -0 "$server" 2>/dev/null || fail 'the server ended while the database was made'
    sleep 0.05
  done
  local client=(mongosh --quiet --host 127.0.0.1 --port 27017)
  if [[ -n $MONGO_INITDB_ROOT_USERNAME ]]; then
    "${client[@]}" admin --eval '
      db.createUser({
        user: process.env.MONGO_INITDB_ROOT_USERNAME,
        pwd: process.env.MONGO_INITDB_ROOT_PASSWORD,
        roles: ["root"],
      })' >/dev/null
  fi
  for file in "${files[@]}"; do
    say "running $file"
    case $file in
      *.sh)
        # shellcheck disable=SC1090
        . "$file"
        ;;
      *.js) "${client[@]}" "$MONGO_INITDB_DATABASE" "$file" ;;
    esac
  done
  kill "$server"
  wait "$server" || fail 'the server did not end well after the database was made'
  sync --file-system "$DATA"
  rm "$UNFINISHED"
}

if [[ ${1-} == -* ]]; then set -- mongod "$@"; fi
if [[ $1 != mongod ]]; then exec "$@"; fi
case " $* " in *' --help '* | *' --version '*) exec "$@" ;; esac

if ((EUID == 0)); then
  say "this is $(</etc/stand-in)"
  find "$DATA" /data/configdb ! -user mongodb -exec chown mongodb:mongodb '{}' +
  exec setpriv --reuid=mongodb --regid=mongodb --clear-groups -- "$0" "$@"
fi

read_settings
if [[ -e $UNFINISHED ]]; then
  say 'the first start was interrupted: making a new database'
  find "$DATA" -mindepth 1 -maxdepth 1 ! -name '.*' ! -name lost+found -exec rm -rf '{}' +
  rm "$UNFINISHED"
fi
if [[ ! -e $DATA/WiredTiger ]]; then
  # Beside the shell, so that a stop is heard at once: all of the container ends with it, and the mark stays.
  trap 'exit 143' TERM INT
  first_start &
  wait $!
  trap - TERM INT
fi
if [[ -n $MONGO_INITDB_ROOT_USERNAME ]]; then set -- "$@" --auth; fi
case " $* " in *' --bind_ip'*) ;; *) set -- "$@" --bind_ip_all ;; esac
exec "$@"
