# shellcheck shell=sh
# For launchers that have `reload` run a program: its options, each with a value, are put into $options; the words behind them stay,
# and there must be at least one. $usage says which.
options=
while [ $# -ge 2 ] && [ "${1#--}" != "$1" ]; do
    options="$options $1 $2"
    shift 2
done
if [ $# -eq 0 ]; then
    echo "usage: $usage" >&2
    exit 2
fi
