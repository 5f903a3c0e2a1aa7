#!/bin/sh
# Puts the server together. Usage: assemble.sh DOWNLOADS TARGET
set -eu
downloads=$1 target=$2
version=7.17.15

unzip -q "$downloads/server.zip" '*/elasticsearch/*' -d /tmp/server
mv /tmp/server/*/elasticsearch "$target"
rm -r "${target:?}/bin" "$target/config"
mkdir -p "$target/bin" "$target/config" "$target/data" "$target/logs" "$target/plugins"

# Elasticsearch loads a folder of modules/ by its descriptor, which the published jars do not hold.
module() { # NAME CLASS
  mkdir "$target/modules/$1"
  cp "$downloads/$1"/*.jar "$target/modules/$1/"
  cat >"$target/modules/$1/plugin-descriptor.properties" <<DESCRIPTOR
type=isolated
name=$1
description=$1
version=$version
elasticsearch.version=$version
java.version=1.8
classname=$2
extended.plugins=
has.native.controller=false
DESCRIPTOR
}
module mapper-extras org.elasticsearch.index.mapper.MapperExtrasPlugin
module aggs-matrix-stats org.elasticsearch.search.aggregations.matrix.MatrixAggregationPlugin
module percolator org.elasticsearch.percolator.PercolatorPlugin
module rank-eval org.elasticsearch.index.rankeval.RankEvalPlugin
module lang-mustache org.elasticsearch.script.mustache.MustachePlugin

# Mustache reads the members of what a template is given.
cat >"$target/modules/lang-mustache/plugin-security.policy" <<'POLICY'
grant {
  permission java.lang.RuntimePermission "accessDeclaredMembers";
};
POLICY
chmod -R u=rwX,g=rwX,o=rX "$target"
