#!/usr/bin/env bash
# Makes sure that there is a Chromium, and prints where:
#
#   CHROMIUM, where it is set
#   Chromium or Chrome of this machine
#   the distribution's package (Debian; Ubuntu where snaps run)
#
# Asks for root (sudo) only when something has to change. Says on stderr what it does.
# Usage: tools/browser/set-up.sh
set -euo pipefail
# shellcheck source=tools/distribution.sh
. "$(dirname "${BASH_SOURCE[0]}")/../distribution.sh"

say() { printf 'browser: %s\n' "$1" >&2; }

found() { command -v chromium chromium-browser google-chrome google-chrome-stable | head -n 1; }

install() {
  local package
  case "$(distribution) $(command -v snap >/dev/null && echo snaps)" in
    'debian '*) package=chromium ;;
    'ubuntu snaps') package=chromium-browser ;;
    *) fail browser-missing 'There is no Chromium here.' \
      'This command can install it only from the packages of Debian, and of Ubuntu with snaps.' \
      'Install Chromium or Chrome. If it is not on the PATH, name it: CHROMIUM=/path/to/chrome' ;;
  esac
  exec 9>/run/devenv-browser.lock
  flock 9
  if [[ -n $(found) ]]; then return; fi # another has done it meanwhile
  say "installing $package of this distribution"
  apt_get update || say 'could not read some package lists; continuing with the others'
  install_packages "$package"
}

main() {
  if [[ -n ${CHROMIUM:-} ]]; then
    command -v "$CHROMIUM" ||
      fail browser-missing "CHROMIUM names $CHROMIUM, but there is no such program." 'The tests open pages in that browser.' \
        'Correct it, or unset it.'
    return
  fi
  if [[ -z $(found) ]]; then
    if ((EUID == 0)); then
      install
    elif command -v sudo >/dev/null; then
      say 'asking for root, to install Chromium'
      sudo -- "$0" >/dev/null
    else
      fail browser-needs-root 'Installing Chromium needs root.' 'There is no sudo here.' "Run $0 as root."
    fi
    hash -r
  fi
  found
}

main
