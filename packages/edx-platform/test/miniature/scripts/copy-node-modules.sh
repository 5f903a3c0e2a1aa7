#!/usr/bin/env bash
# What the pages load as it is.
set -e -u -o pipefail
mkdir -p common/static/common/js/vendor
cp -f node_modules/underscore/underscore-min.js common/static/common/js/vendor/
