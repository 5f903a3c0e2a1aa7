#!/usr/bin/env bash
# Makes sure that a Docker engine answers, with Compose and Buildx.
#
#   an engine that answers and is new enough   is left as it is
#   an engine that answers and is too old      is left as it is: an error says what to do
#   Compose or Buildx missing                  come from packages (Debian, Ubuntu)
#   an engine that is installed, not running   is started
#   none                                       comes from the distribution's packages (Debian, Ubuntu)
#
# Asks for root (sudo) only when something has to change. Says on stderr what it does, one line each.
# Usage: tools/engine/set-up.sh
set -euo pipefail
# shellcheck source=tools/distribution.sh
. "$(dirname "${BASH_SOURCE[0]}")/../distribution.sh"

readonly LEAST_ENGINE=25 # health checks with start_interval: API 1.44
readonly LEAST_COMPOSE=2.24
readonly SOCKET=/var/run/docker.sock
readonly LOG=/var/log/devenv-dockerd.log
readonly DAEMON_JSON=/etc/docker/daemon.json
readonly DOCS=https://docs.docker.com/engine/install/
readonly DEBIAN_MIRROR=http://deb.debian.org/debian
readonly DEBIAN_KEYS=/usr/share/keyrings/debian-archive-keyring.gpg

say() { printf 'engine: %s\n' "$1" >&2; }

at_least() { # VERSION LEAST: compares major.minor
  local have least
  IFS=. read -r -a have <<<"${1#v}"
  IFS=. read -r -a least <<<"$2"
  local major=${have[0]%%[!0-9]*} minor=${have[1]:-0}
  minor=${minor%%[!0-9]*}
  ((${major:-0} > least[0] || (${major:-0} == least[0] && ${minor:-0} >= ${least[1]:-0})))
}

# --- observe ---------------------------------------------------------------------------------------------------------

# Sets engine, compose, buildx (versions, empty when absent) and refusal (what the client said).
observe() {
  engine='' compose='' buildx='' refusal='' endpoint="unix://$SOCKET"
  command -v docker >/dev/null || return 0
  local answer name version
  answer=$(docker info --format \
    '{{.ServerVersion}}{{range .ClientInfo.Plugins}};{{.Name}} {{.Version}}{{end}}' 2>&1) || refusal=$answer
  while read -r name version; do
    case $name in
      compose) compose=$version ;;
      buildx) buildx=$version ;;
    esac
  done <<<"${answer//;/$'\n'}"
  if [[ -n $refusal ]]; then
    endpoint=$(docker context inspect --format '{{.Endpoints.docker.Host}}' 2>/dev/null) || endpoint='an unknown context'
  else
    engine=${answer%%;*}
    engine=${engine##*$'\n'} # warnings of the client may stand above
  fi
}

enough() {
  [[ -n $engine && -n $compose && -n $buildx ]] &&
    at_least "$engine" "$LEAST_ENGINE" && at_least "$compose" "$LEAST_COMPOSE"
}

is_ours_to_change() { [[ $endpoint == "unix://$SOCKET" || $endpoint == unix:///run/docker.sock ]]; }

refuse_what_we_do_not_touch() {
  if [[ -n $engine ]] && ! at_least "$engine" "$LEAST_ENGINE"; then
    fail engine-too-old "The running Docker engine is $engine; devenv needs $LEAST_ENGINE or newer." \
      'It may hold work of yours, so this command does not replace it. Older engines do not know start_interval.' \
      "Upgrade it ($DOCS), or point DOCKER_HOST at a newer one."
  fi
  if [[ -n $compose ]] && ! at_least "$compose" "$LEAST_COMPOSE"; then
    fail compose-too-old "Docker Compose is $compose; devenv needs $LEAST_COMPOSE or newer." \
      'You or your distribution installed it, so this command does not replace it.' \
      'Upgrade it: https://docs.docker.com/compose/install/'
  fi
  if [[ -z $engine ]] && ! is_ours_to_change; then
    fail engine-silent "No Docker engine answers at $endpoint." "${refusal##*$'\n'}" \
      'Start that engine (Docker Desktop, a remote host), or choose another: unset DOCKER_HOST, docker context use default.'
  fi
  if [[ -z $engine ]] && command -v dockerd >/dev/null; then
    local installed
    installed=$(dockerd --version | sed -E 's/^Docker version ([^, ]+).*/\1/')
    at_least "$installed" "$LEAST_ENGINE" ||
      fail engine-too-old "The installed Docker engine is $installed; devenv needs $LEAST_ENGINE or newer." \
        'It may hold work of yours, so this command neither starts nor replaces it.' "Upgrade or remove it: $DOCS"
  fi
}

# --- packages --------------------------------------------------------------------------------------------------------

candidate() { apt-cache policy "$1" | sed -n 's/^ *Candidate: //p' | grep -v '(none)' || true; }

offers() { # PACKAGE LEAST: does the distribution itself have it, new enough?
  local version
  version=$(candidate "$1")
  [[ -n $version ]] && at_least "${version#*:}" "$2"
}

# Packages of Debian 13, which run on any distribution with libc 2.34. The list is one of its own:
# nothing else of Debian 13 can slip in, and what they depend on comes from the distribution at hand.
install_from_debian_13() {
  local room mirror
  [[ -r $DEBIAN_KEYS ]] || install_packages debian-archive-keyring
  # shellcheck disable=SC2016 # apt fills it in
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' 'Label: Debian' | head -n 1)
  room=$(mktemp -d)
  # shellcheck disable=SC2064
  trap "rm -rf '$room'" EXIT
  mkdir -p "$room/lists/partial" "$room/cache/archives/partial"
  echo "deb [signed-by=$DEBIAN_KEYS] ${mirror:-$DEBIAN_MIRROR} trixie main" >"$room/sources.list"
  local isolated=(-o "Dir::Etc::sourcelist=$room/sources.list" -o Dir::Etc::sourceparts=/dev/null
    -o "Dir::State::Lists=$room/lists" -o "Dir::Cache=$room/cache" -o APT::Sandbox::User=root -o Acquire::Languages=none)
  apt_get "${isolated[@]}" update
  (cd "$room" && apt_get "${isolated[@]}" download "$@")
  install_packages "$room"/*.deb
}

install() { # engine | plugins
  local packages
  case "$1 $(distribution)" in
    'engine debian') packages=(docker.io docker-cli docker-compose docker-buildx) ;;
    'engine ubuntu') packages=(docker.io docker-compose-v2 docker-buildx) ;;
    'plugins debian') packages=(docker-compose docker-buildx) ;;
    'plugins ubuntu') packages=(docker-compose-v2 docker-buildx) ;;
    *) fail engine-missing "There is no Docker ${1/plugins/Compose or Buildx} here." \
      'This command can install it only on Debian and Ubuntu.' "Install it: $DOCS" ;;
  esac
  if dpkg-query --show docker-ce-cli >/dev/null 2>&1; then
    packages=(docker-compose-plugin docker-buildx-plugin) # Docker's own packages: stay within them
  fi
  say "reading the package lists"
  apt_get update || say "could not read some package lists; continuing with the others"
  if offers "${packages[0]}" "$([[ $1 == engine ]] && echo $LEAST_ENGINE || echo $LEAST_COMPOSE)" &&
    offers "${packages[1]}" 0 && offers "${packages[${#packages[@]} - 1]}" 0; then
    say "installing ${packages[*]}"
    install_packages "${packages[@]}"
  elif [[ $1 == engine ]]; then
    say 'installing docker.io, docker-cli, docker-compose and docker-buildx of Debian 13, because those of this release are too old'
    install_packages containerd runc iptables
    install_from_debian_13 docker.io docker-cli docker-compose docker-buildx
  else
    say 'installing docker-compose and docker-buildx of Debian 13, because those of this release are too old'
    install_from_debian_13 docker-compose docker-buildx
  fi
}

# --- start -----------------------------------------------------------------------------------------------------------

route_mtu() {
  local device
  device=$(awk '$2 == "00000000" { print $1; exit }' /proc/net/route)
  cat "/sys/class/net/${device:-none}/mtu" 2>/dev/null || echo 1500
}

# With packets larger than the way out takes, TLS handshakes hang in builds and containers.
# `mtu` is for the default bridge (and builds), `default-network-opts` for the networks that Compose makes.
fit_mtu() {
  local mtu
  mtu=$(route_mtu)
  if [[ $mtu -ge 1500 || -e $DAEMON_JSON ]]; then return; fi
  say "writing $DAEMON_JSON: the default route takes packets of $mtu bytes"
  mkdir -p "${DAEMON_JSON%/*}"
  cat >"$DAEMON_JSON" <<JSON
{
  "mtu": $mtu,
  "default-network-opts": { "bridge": { "com.docker.network.driver.mtu": "$mtu" } }
}
JSON
}

answers() { docker --host "unix://$SOCKET" version >/dev/null 2>&1; }

wait_until_it_answers() { # [PID]: gives up early when that process ends
  local deadline=$((SECONDS + 60))
  until answers; do
    if ((SECONDS > deadline)) || { [[ -n ${1:-} ]] && ! kill -0 "$1" 2>/dev/null; }; then return 1; fi
    sleep 0.1
  done
}

start() {
  if [[ -d /run/systemd/system ]]; then
    say 'starting the engine: systemctl enable --now docker'
    systemctl enable --now docker >&2 || true
    wait_until_it_answers ||
      fail engine-does-not-start 'The Docker engine does not answer.' "$(journalctl -u docker -n 15 --no-pager -o cat)" \
        'systemctl status docker'
  elif [[ $(cat /proc/1/comm) == init* && -x /etc/init.d/docker ]] &&
    say 'starting the engine: service docker start' && service docker start >&2 && wait_until_it_answers; then
    :
  else
    start_by_hand
  fi
}

start_by_hand() {
  say "starting the engine by hand, because no init runs here; its log: $LOG"
  local options=() mtu
  mtu=$(route_mtu)
  if [[ $mtu -lt 1500 ]] && ! grep -qs mtu "$DAEMON_JSON"; then # given twice, dockerd refuses it
    options=("--mtu=$mtu" "--default-network-opt=bridge=com.docker.network.driver.mtu=$mtu")
  fi
  setsid dockerd "${options[@]}" </dev/null >>"$LOG" 2>&1 9>&- &
  local pid=$!
  disown
  wait_until_it_answers "$pid" ||
    fail engine-does-not-start 'dockerd has started but does not answer.' "The end of its log:
$(tail -n 15 "$LOG")" "Fix the error in the log, then run the same command again."
}

# --- access ----------------------------------------------------------------------------------------------------------

grant_access() { # USER: through the group for good, through an access list at once
  local user=$1
  if ! id -nG "$user" | grep -qw docker; then
    say "adding $user to the group docker, whose members may use the engine (and so have root's powers)"
    usermod -aG docker "$user"
  fi
  command -v setfacl >/dev/null || install_packages acl || true
  if ! setfacl -m "u:$user:rw" "$SOCKET" 2>/dev/null; then
    say "you are in the group from your next login; to use it now: newgrp docker"
  fi
}

# --- the flow --------------------------------------------------------------------------------------------------------

# engine | plugins. Through sudo as a child, told what to do: root has neither the DOCKER_HOST nor the contexts of the
# person who asked, so what it sees for itself may be another engine.
set_up_as_root() {
  if ((EUID == 0)); then
    set_up "$1"
    return
  fi
  command -v sudo >/dev/null ||
    fail engine-needs-root 'Setting up a Docker engine needs root.' 'This machine has no sudo.' "Run $0 as root, or: $DOCS"
  say 'asking for root, to set up the engine'
  sudo -- "$0" "$1"
}

set_up() { # engine | plugins
  exec 9>/run/devenv-engine.lock
  if ! flock -n 9; then
    say 'waiting for another set-up'
    flock 9
  fi
  observe # another may have done it meanwhile
  if [[ $1 == engine && -z $engine ]]; then
    refuse_what_we_do_not_touch
    if ! command -v dockerd >/dev/null; then
      fit_mtu
      install engine
      hash -r
    fi
    if ! answers; then start; fi
    observe
  fi
  if [[ -z $compose || -z $buildx ]]; then install plugins; fi
}

let_them_in() {
  if [[ -z ${SUDO_USER:-} || $SUDO_USER == root || ! -S $SOCKET ]]; then return; fi
  runuser -u "$SUDO_USER" -- test -w "$SOCKET" || grant_access "$SUDO_USER"
}

main() {
  case ${1:-} in
    engine | plugins) # the part that needs root, see set_up_as_root
      set_up "$1"
      let_them_in
      return
      ;;
  esac
  observe
  if ! enough; then
    refuse_what_we_do_not_touch
    if [[ -n $engine ]]; then set_up_as_root plugins; else set_up_as_root engine; fi
    observe
  fi
  if ! enough; then
    refuse_what_we_do_not_touch
    fail engine-incomplete "Engine ${engine:-none}, Compose ${compose:-none}, Buildx ${buildx:-none}." \
      "${refusal:-The set-up of one of them failed.}" "Install them ($DOCS). If you have just joined the group docker: newgrp docker"
  fi
  if ((EUID == 0)); then let_them_in; fi
}

main "$@"
