#!/bin/sh
# What has to be done in place, and a look at every part.
set -eu
# libpython and libffi are found for its modules, as the official image has it.
ldconfig

# The folder that its OpenSSL was compiled to look in is Debian's, as it is for the official image.
openssl=$(python3 -c 'import os, ssl; print(os.path.dirname(ssl.get_default_verify_paths().openssl_cafile))')
mkdir -p "$(dirname "$openssl")"
ln -s /usr/lib/ssl "$openssl"

python3 - <<'PYTHON'
import importlib, pathlib, ssl, sysconfig

for module in sorted(pathlib.Path(sysconfig.get_path("stdlib"), "lib-dynload").iterdir()):
    importlib.import_module(module.name.partition(".")[0])
assert ssl.get_default_verify_paths().cafile
assert pathlib.Path(sysconfig.get_config_var("INCLUDEPY"), "Python.h").is_file()
PYTHON
pip --version >/dev/null
python -c 'import platform; print("cpython", platform.python_version(), "from Maven Central, on Debian 12")' >/etc/stand-in
grep -q ' 3\.12\.1 ' /etc/stand-in
find /usr/local -name __pycache__ -type d -exec rm -r '{}' +
