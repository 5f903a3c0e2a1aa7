# Sourced: the packages of the distribution, for what sets a machine up. A failed command of apt shows the end of its log.

readonly APT_LOG=/var/log/devenv-apt.log

fail() { # CODE WHAT WHY FIX
  printf '%s\n  what  %s\n  why   %s\n  fix   %s\n' "$@" >&2
  exit 1
}

distribution() { # debian, ubuntu or nothing
  [[ -r /etc/os-release ]] || return 0
  # shellcheck disable=SC1091
  (. /etc/os-release && case " $ID ${ID_LIKE:-} " in
    *' ubuntu '*) echo ubuntu ;;
    *' debian '*) echo debian ;;
  esac)
}

# A second apt waits for the first; a release file past its date (a snapshot, a clock ahead) is still signed.
apt_get() {
  DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=600 -o Acquire::Check-Valid-Until=false \
    -o Acquire::Retries=3 -o Dpkg::Use-Pty=0 "$@" </dev/null >"$APT_LOG" 2>&1 9>&- || {
    tail -n 15 "$APT_LOG" >&2
    return 1
  }
}

install_packages() { apt_get install --yes --no-install-recommends "$@"; }
