#!/bin/sh
# Lays out /usr/local. Usage: unpack.sh JAR TARGET
set -eu
jar=$1 target=$2
built=/home/runner/work/javacpp-presets/javacpp-presets/cpython/cppbuild/linux-x86_64

unzip -q "$jar" 'org/bytedeco/cpython/linux-x86_64/*' -d /tmp/jar
cd /tmp/jar/org/bytedeco/cpython/linux-x86_64
mv libffi.so.7 libpython3.12.so.1.0 lib/
ln -s libpython3.12.so.1.0 lib/libpython3.12.so
# What the official image leaves out as well; and OpenSSL's own, which would stand before Debian's.
rm -r lib/python3.12/test lib/pkgconfig/libcrypto.pc lib/pkgconfig/libssl.pc lib/pkgconfig/openssl.pc bin/c_rehash
# A jar has neither links nor modes.
ln -sf python3.12 bin/python3
ln -s python3.12 bin/python
ln -s python3-config bin/python-config
for name in pip idle pydoc; do ln -s "${name}3" "bin/$name"; done
chmod 755 bin/*
# Text that names the folder of its build: sysconfig, pkg-config, the first lines of commands.
grep -rlI "$built" bin lib | xargs sed -i "s#$built#/usr/local#g"
mkdir -p "$target"
mv bin lib include share "$target/"
