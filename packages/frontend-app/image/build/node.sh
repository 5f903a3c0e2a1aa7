#!/bin/sh
# Has the Node that the checkout asks for, with the npm that belongs to it. $1: its .nvmrc: 24, v24.12 or 24.12.0.
# The official image's are kept where that Node fits; else npm's own packages of both take their place.
set -eu
wanted=$(tr -d ' \t\r\n' < "$1")
wanted=${wanted#v}
case $wanted in
*[!0-9.]* | '' | .* | *.)
    echo ".nvmrc contains \"$wanted\"; it must contain a version, such as 24 or 24.12.0." >&2
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
# What the last release of each line ships: another one may refuse the lock that this one wrote.
case ${wanted%%.*} in
16) npm=8.19.4 ;;
18 | 20) npm=10.8.2 ;;
22) npm=10.9.4 ;;
24) npm=11.6.2 ;;
*) npm=$(npm --version) ;;
esac
sh /opt/devenv/build/with-ca npm install --prefix /tmp/node --no-audit --no-fund --no-update-notifier \
    "node-linux-$cpu@$wanted" "npm@$npm"
mv "/tmp/node/node_modules/node-linux-$cpu/bin/node" /usr/local/bin/node
rm -rf /usr/local/lib/node_modules/npm
mv /tmp/node/node_modules/npm /usr/local/lib/node_modules/npm
rm -rf /tmp/node
echo "Node $(node --version) with npm $(npm --version), as .nvmrc asks ($wanted)"
