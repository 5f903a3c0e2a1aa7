#!/bin/sh
# The Python packages of a checkout, into /opt/venv. $1: install or skip what comes from GitHub, as
# EDX_PLATFORM_GITHUB says.
#
#   uv.lock                                   → uv's lock, with its groups for development
#   requirements/edx/development.txt          → pip-compiled requirements
#
# Then the platform itself, editable: Django apps and XBlocks come from its entry points. Its files are not here, so
# only a path to where they will be mounted is written.
set -eu
CODE=/edx/app/edx-platform/edx-platform
venv() { sh /opt/devenv/build/virtualenv "$@"; }

case $1 in install | skip) ;; *) echo "EDX_PLATFORM_GITHUB is \"$1\"; it must be install or skip." >&2; exit 1 ;; esac
failed() {
    [ "$1" = skip ] || sh /tmp/build/github-unreachable.sh
    exit 1
}

mkdir -p "$CODE"
cp -r /tmp/checkout/. "$CODE"
cd "$CODE"

if [ -e uv.lock ]; then
    [ "$1" = install ] || set -- skip $(sed -n 's/^name = "\(.*\)"$/\1/p; s/^source = { git = .*/GIT/p' uv.lock |
        awk '$0 == "GIT" { print "--no-install-package", name } { name = $0 }')
    mode=$1
    shift
    [ $# = 0 ] || echo "uv: left out, because they come from GitHub: $*"
    venv --lock . "$@" || failed "$mode"
    [ -e /opt/venv/lib/python3*/site-packages/setuptools ] || venv 'setuptools<82'
else
    # Packages without a wheel are built with a setuptools that still has pkg_resources.
    echo 'setuptools<81' > /tmp/build-constraints.txt
    tools=
    for file in requirements/pip.txt requirements/pip-tools.txt; do
        [ ! -e "$file" ] || tools="$tools -r $file"
    done
    # shellcheck disable=SC2086 # a list of options
    [ -z "$tools" ] || venv --build-constraints /tmp/build-constraints.txt $tools
    if [ "$1" = skip ]; then
        grep -n 'git+' requirements/edx/development.txt | sed 's/^/pip: left out, because it comes from GitHub: line /' || :
        sed -i '/git+/d' requirements/edx/development.txt
    fi
    venv --build-constraints /tmp/build-constraints.txt \
        -r requirements/edx/development.txt || failed "$1"
fi

mkdir -p cms common lms openedx xmodule
venv --no-deps --no-build-isolation --config-settings editable_mode=compat -e .
cd /
rm -rf "$CODE"
mkdir -p "$CODE"
