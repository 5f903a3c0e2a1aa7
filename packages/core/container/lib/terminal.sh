# shellcheck shell=sh
# A terminal of a kind that nobody here knows (xterm-kitty) would be drawn as the poorest; nearly all of them understand what
# xterm-256color says. https://manpages.debian.org/terminfo

name_terminal() { # FOLDER of one's own entries
    for folder in "$1" /etc/terminfo /lib/terminfo /usr/share/terminfo; do
        [ ! -e "$folder/${TERM%"${TERM#?}"}/$TERM" ] || return 0
    done
    export TERM=xterm-256color
}
