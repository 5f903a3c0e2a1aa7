#!/bin/sh
# The Python packages of a checkout, into /opt/venv. GITHUB: install or skip what comes from GitHub, as
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
failed() {
    [ "$GITHUB" = skip ] || sh /tmp/build/github-unreachable.sh
    exit 1
}

mkdir -p "$CODE"
cp -r /tmp/checkout/. "$CODE"
cd "$CODE"

if [ -e uv.lock ]; then
    venv --lock . || failed
    ls -d /opt/venv/lib/python3*/site-packages/setuptools > /dev/null 2>&1 || venv 'setuptools<82'
else
    # Packages without a wheel are built with a setuptools that still has pkg_resources.
    echo 'setuptools<81' > /tmp/build-constraints.txt
    set --
    for file in requirements/pip.txt requirements/pip-tools.txt; do
        [ ! -e "$file" ] || set -- "$@" -r "$file"
    done
    [ $# = 0 ] || venv --build-constraints /tmp/build-constraints.txt "$@"
    venv --build-constraints /tmp/build-constraints.txt -r requirements/edx/development.txt || failed
fi

mkdir -p cms common lms openedx xmodule
venv --no-deps --no-build-isolation --config-settings editable_mode=compat -e .
cd /
rm -rf "$CODE"
mkdir -p "$CODE"
