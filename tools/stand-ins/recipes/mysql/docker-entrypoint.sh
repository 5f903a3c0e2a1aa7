#!/bin/bash
# The official MySQL image's interface, on MariaDB.
#
# The first start makes the database:
#   empty ── mark as unfinished ── install ── accounts ── /docker-entrypoint-initdb.d ── take the mark away ── serve
# A start that finds the mark was preceded by one that was interrupted: what that left is removed, and made anew.
set -eo pipefail
shopt -s nullglob

readonly DATA=/var/lib/mysql
readonly INSTALLED=/usr/local/share/mysql-first-data
readonly UNFINISHED=$DATA/.first-start-unfinished
readonly INIT_SOCKET=/var/run/mysqld/first-start.sock # not the usual one: nothing is healthy before the end

say() { echo "stand-in for mysql: $1" >&2; }

fail() {
  say "$1"
  exit 1
}

# MYSQL_X may come from the file that MYSQL_X_FILE names.
read_settings() {
  local name file
  for name in MYSQL_ROOT_PASSWORD MYSQL_ROOT_HOST MYSQL_DATABASE MYSQL_USER MYSQL_PASSWORD; do
    file=${name}_FILE
    if [[ -n ${!file-} ]]; then
      [[ -z ${!name-} ]] || fail "both $name and $file are set"
      printf -v "$name" '%s' "$(<"${!file}")"
    fi
  done
}

check_settings() {
  if [[ -z $MYSQL_ROOT_PASSWORD && -z $MYSQL_ALLOW_EMPTY_PASSWORD && -z $MYSQL_RANDOM_ROOT_PASSWORD ]]; then
    fail 'the data directory is empty and no password is chosen: set one of MYSQL_ROOT_PASSWORD, MYSQL_ALLOW_EMPTY_PASSWORD, MYSQL_RANDOM_ROOT_PASSWORD'
  fi
  [[ $MYSQL_USER != root ]] || fail 'MYSQL_USER cannot be root: MYSQL_ROOT_PASSWORD is for root'
  [[ -z $MYSQL_USER || -n $MYSQL_PASSWORD ]] || fail 'MYSQL_USER needs MYSQL_PASSWORD'
}

# MariaDB does not know all that MySQL knows: `--loose-` makes of an unknown option a warning. MySQL 8's own collations
# have no name here.
tolerate() {
  arguments=()
  local argument
  for argument in "$@"; do
    case $argument in
      --defaults* | --loose-* | --no-defaults | --print-defaults | --help | --version | --verbose) ;;
      --*) argument=--loose-${argument#--} ;;
    esac
    arguments+=("${argument/utf8mb4_0900_*_ci/utf8mb4_unicode_520_ci}")
  done
}

# A value between quotes or backquotes of SQL.
quoted() {
  local value=${1//\\/\\\\}
  printf '%s' "${value//\'/\\\'}"
}
named() { printf '%s' "${1//\`/\`\`}"; }

client() { mysql --no-defaults --protocol=socket --socket="$INIT_SOCKET" --user=root --password="$root_password" "$@"; }

accounts() {
  local user database
  cat <<SQL
SET @@SESSION.SQL_LOG_BIN = 0;
DELETE FROM mysql.global_priv WHERE User NOT IN ('mariadb.sys', 'root') OR (User = 'root' AND Host <> 'localhost');
FLUSH PRIVILEGES;
ALTER USER 'root'@'localhost' IDENTIFIED BY '$(quoted "$MYSQL_ROOT_PASSWORD")';
SQL
  if [[ ${MYSQL_ROOT_HOST:=%} != localhost ]]; then
    user="'root'@'$(quoted "$MYSQL_ROOT_HOST")'"
    echo "CREATE USER $user IDENTIFIED BY '$(quoted "$MYSQL_ROOT_PASSWORD")';"
    echo "GRANT ALL ON *.* TO $user WITH GRANT OPTION;"
  fi
  if [[ -n $MYSQL_DATABASE ]]; then
    database=$(named "$MYSQL_DATABASE")
    echo "CREATE DATABASE IF NOT EXISTS \`$database\`;"
  fi
  if [[ -n $MYSQL_USER ]]; then
    user="'$(quoted "$MYSQL_USER")'@'%'"
    echo "CREATE USER $user IDENTIFIED BY '$(quoted "$MYSQL_PASSWORD")';"
    if [[ -n $MYSQL_DATABASE ]]; then echo "GRANT ALL ON \`${database//_/\\_}\`.* TO $user;"; fi
  fi
}

run_init_files() {
  local file
  for file in /docker-entrypoint-initdb.d/*; do
    case $file in
      *.sh) say "running $file" ;;
      *.sql | *.sql.gz | *.sql.zst) say "reading $file" ;;
      *) say "leaving $file alone" ;;
    esac
    case $file in
      *.sh)
        if [[ -x $file ]]; then "$file"; else
          # shellcheck disable=SC1090
          . "$file"
        fi
        ;;
      *.sql) client "$MYSQL_DATABASE" <"$file" ;;
      *.sql.gz) gunzip -c "$file" | client "$MYSQL_DATABASE" ;;
      *.sql.zst) zstd -dc "$file" | client "$MYSQL_DATABASE" ;;
    esac
  done
}

# What every server begins with is in the image; made here only where a server is configured in another way.
install_data() {
  local configured=(/etc/mysql/conf.d/*)
  if ((${#configured[@]} == 0)); then (umask 027 && cp --recursive --no-target-directory "$INSTALLED" "$DATA"); else
    mysql-first-data --datadir="$DATA"
  fi
}

first_start() {
  if [[ -n $MYSQL_RANDOM_ROOT_PASSWORD ]]; then
    MYSQL_ROOT_PASSWORD=$(openssl rand -base64 18)
    say "GENERATED ROOT PASSWORD: $MYSQL_ROOT_PASSWORD"
  fi
  say 'making the database'
  touch "$UNFINISHED"
  install_data
  mysqld "${arguments[@]:1}" --skip-networking --socket="$INIT_SOCKET" --skip-log-bin &
  local server=$! root_password=''
  until mysqladmin --no-defaults --socket="$INIT_SOCKET" --user=root ping >/dev/null 2>&1; do
    kill -0 "$server" 2>/dev/null || fail 'the server ended while the database was made'
    sleep 0.05
  done
  accounts | client
  root_password=$MYSQL_ROOT_PASSWORD
  export MYSQL_UNIX_PORT=$INIT_SOCKET MYSQL_HOST=localhost # for the clients in *.sh
  run_init_files
  unset MYSQL_UNIX_PORT MYSQL_HOST
  kill "$server"
  wait "$server" || fail 'the server did not end well after the database was made'
  sync --file-system "$DATA"
  rm "$UNFINISHED"
}

if [[ ${1-} == -* ]]; then set -- mysqld "$@"; fi
if [[ $1 != mysqld ]]; then exec "$@"; fi
case " $* " in *' --help '* | *' --version '*) exec "$@" ;; esac

if ((EUID == 0)); then
  say "this is $(</etc/stand-in)"
  mkdir -p "$DATA"
  find "$DATA" /var/run/mysqld ! -user mysql -exec chown mysql:mysql '{}' +
  exec setpriv --reuid=mysql --regid=mysql --clear-groups -- "$0" "$@"
fi

tolerate "$@"
if [[ -e $UNFINISHED ]]; then
  say 'the first start was interrupted: making a new database'
  find "$DATA" -mindepth 1 -maxdepth 1 ! -name '.*' ! -name lost+found -exec rm -rf '{}' +
  rm "$UNFINISHED"
fi
if [[ ! -d $DATA/mysql ]]; then
  read_settings
  check_settings
  # Beside the shell, so that a stop is heard at once: all of the container ends with it, and the mark stays.
  trap 'exit 143' TERM INT
  first_start &
  wait $!
  trap - TERM INT
fi
exec "${arguments[@]}"
