#!/bin/sh
# What `make requirements` of the checkout installs, and forum itself, editable: its metadata here, its code wherever the
# checkout will be mounted. Runs while the image is built, in the code directory. $1: the files of the checkout.
set -eu
cp -r "$1"/. .
if [ -e uv.lock ]; then
    sh /opt/devenv/build/virtualenv --lock . --all-groups
else
    sh /opt/devenv/build/virtualenv -r requirements/pip.txt -r requirements/pip-tools.txt -r requirements/dev.txt
fi

# What else the metadata are made of: texts, and the version, with which each release would ask for another image.
mkdir forum
echo '__version__ = "0+checkout"' > forum/__init__.py
touch README.rst CHANGELOG.rst LICENSE.txt
export SETUPTOOLS_SCM_PRETEND_VERSION=0+checkout
if [ -e setup.py ]; then
    # By the setuptools that pip.txt names.
    sh /opt/devenv/build/virtualenv --no-deps --no-build-isolation --editable .
else
    sh /opt/devenv/build/virtualenv --no-deps --editable .
fi
find . -mindepth 1 -delete
