#!/bin/sh
# What `make requirements` of the checkout installs, and forum itself, editable: its metadata here, its code wherever the
# checkout will be mounted. Runs while the image is built, in the code directory. $1: the files of the checkout.
set -eu
export UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never UV_COMPILE_BYTECODE=1 \
    UV_PROJECT_ENVIRONMENT=/opt/venv VIRTUAL_ENV=/opt/venv

uv venv --python "$(command -v python3)" /opt/venv
cp -r "$1"/. .
if [ -e uv.lock ]; then
    /opt/devenv/bin/with-ca uv sync --frozen --all-groups --no-install-project
else
    /opt/devenv/bin/with-ca uv pip install \
        -r requirements/pip.txt -r requirements/pip-tools.txt -r requirements/dev.txt
fi

# What else the metadata are made of: texts, and the version, with which each release would ask for another image.
mkdir forum
echo '__version__ = "0+checkout"' > forum/__init__.py
touch README.rst CHANGELOG.rst LICENSE.txt
export SETUPTOOLS_SCM_PRETEND_VERSION=0+checkout
if [ -e setup.py ]; then
    # By the setuptools that pip.txt names.
    uv pip install --no-deps --no-build-isolation --editable .
else
    /opt/devenv/bin/with-ca uv pip install --no-deps --editable .
fi
find . -mindepth 1 -delete
