#!/bin/bash
# The official Elasticsearch image's interface: settings come from the environment (discovery.type=single-node,
# ES_SETTING_DISCOVERY_TYPE=single-node) and from -E arguments; the server runs as uid 1000, group 0.
set -e

readonly HOME_FOLDER=/usr/share/elasticsearch

if [[ ${1-} != eswrapper && ${1-} != elasticsearch && ${1-} != -* ]]; then exec "$@"; fi
if [[ $1 != -* ]]; then shift; fi

if ((EUID == 0)); then
  echo "stand-in for elasticsearch: this is $(</etc/stand-in)"
  if [[ -n $TAKE_FILE_OWNERSHIP ]]; then
    find "$HOME_FOLDER/data" "$HOME_FOLDER/logs" \( ! -user 1000 -o ! -group 0 \) -exec chown -h 1000:0 '{}' +
  fi
  exec setpriv --reuid=1000 --regid=0 --clear-groups -- "$0" eswrapper "$@"
fi

# Settings of modules that are not here would end the server.
arguments=()
setting() {
  case ${1#-E} in
    xpack.* | ingest.*) echo "stand-in for elasticsearch: there is no ${1%%.*} here: ${1#-E} is dropped" ;;
    *) arguments+=("-E${1#-E}") ;;
  esac
}

while (($#)); do
  case $1 in
    -E) setting "$2" && shift ;;
    -E*) setting "$1" ;;
    *) arguments+=("$1") ;;
  esac
  shift
done
while IFS= read -r -d '' variable; do
  name=${variable%%=*} value=${variable#*=}
  if [[ -z $value ]]; then continue; fi
  if [[ $name =~ ^[-a-z0-9_]+(\.[-a-z0-9_]+)+$ ]]; then
    setting "$name=$value"
  elif [[ $name =~ ^ES_SETTING(_{1,2}[A-Z]+)+$ ]]; then # one underscore is a dot, two are one
    name=${name#ES_SETTING_}
    name=${name//__/+}
    name=${name//_/.}
    name=${name//+/_}
    setting "${name,,}=$value"
  fi
done </proc/self/environ

heap=(-Xms512m -Xmx512m)
if [[ $ES_JAVA_OPTS == *-Xm[sx]* ]]; then heap=(); fi
read -r -a java_options <<<"$ES_JAVA_OPTS"

cd "$HOME_FOLDER"
unset JAVA_TOOL_OPTIONS
room=$(mktemp --directory)
export LIBFFI_TMPDIR=$room
exec java "${heap[@]}" \
  -XX:+UseG1GC -XX:+ExitOnOutOfMemoryError -XX:-OmitStackTraceInFastThrow -XX:+ShowCodeDetailsInExceptionMessages \
  -XX:-HeapDumpOnOutOfMemoryError -Xss1m -Djava.awt.headless=true -Dfile.encoding=UTF-8 \
  -Djava.io.tmpdir="$room" -Djna.tmpdir="$room" -Djava.locale.providers=SPI,COMPAT -Djava.security.manager=allow \
  --add-opens=java.base/java.io=ALL-UNNAMED -Djna.nosys=true \
  -Des.networkaddress.cache.ttl=60 -Des.networkaddress.cache.negative.ttl=10 -Des.cgroups.hierarchy.override=/ \
  -Dio.netty.noUnsafe=true -Dio.netty.noKeySetOptimization=true -Dio.netty.recycler.maxCapacityPerThread=0 \
  -Dio.netty.allocator.numDirectArenas=0 -Dlog4j.shutdownHookEnabled=false -Dlog4j2.disable.jmx=true \
  -Dlog4j2.formatMsgNoLookups=true \
  "${java_options[@]}" \
  -Des.path.home="$HOME_FOLDER" -Des.path.conf="${ES_PATH_CONF:-$HOME_FOLDER/config}" \
  -Des.distribution.flavor=default -Des.distribution.type=docker -Des.bundled_jdk=false \
  -cp "$HOME_FOLDER/lib/*" org.elasticsearch.bootstrap.Elasticsearch "${arguments[@]}"
