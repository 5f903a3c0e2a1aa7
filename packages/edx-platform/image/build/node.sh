#!/bin/sh
# Has the Node that the checkout asks for. $1: its .nvmrc: 24, v24.12 or 24.12.0.
# The official image's is kept where it fits; else npm's own package of that Node takes its place.
set -eu
wanted=$(tr -d ' \t\r\n' < "$1")
wanted=${wanted#v}
case $wanted in
*[!0-9.]* | '' | .* | *.)
    echo ".nvmrc says \"$wanted\": a version is needed, such as 24 or 24.12.0." >&2
    exit 1
    ;;
esac
present=$(node --version)
case ${present#v}. in
"$wanted".*) echo "Node $present, as .nvmrc asks ($wanted)"; exit ;;
esac
case $(uname -m) in
x86_64) cpu=x64 ;;
aarch64) cpu=arm64 ;;
*) echo "npm has no Node $wanted for $(uname -m)." >&2; exit 1 ;;
esac
/opt/devenv/bin/with-ca npm install --prefix /tmp/node --no-audit --no-fund --no-update-notifier "node-linux-$cpu@$wanted"
mv "/tmp/node/node_modules/node-linux-$cpu/bin/node" /usr/local/bin/node
rm -rf /tmp/node
echo "Node $(node --version), as .nvmrc asks ($wanted)"
