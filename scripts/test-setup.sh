#!/usr/bin/env bash
# Installs the programs that tests drive, where they are missing. Tests that need one that is not there skip with a word.
set -euo pipefail
PATH="$PATH:/usr/sbin:/sbin"

declare -A package=(
  [chromium]=chromium [tmux]=tmux [vim]=vim [less]=less
  [ssh]=openssh-client [sshd]=openssh-server [dockerd]=docker.io [busybox]=busybox-static
)
missing=()
for program in "${!package[@]}"; do
  command -v "$program" >/dev/null || missing+=("${package[$program]}")
done
[ ${#missing[@]} -eq 0 ] && exit 0

if ! command -v apt-get >/dev/null; then
  echo "Not installed, and there is no apt-get: ${missing[*]}" >&2
  exit 0
fi
as_root=()
[ "$(id -u)" -eq 0 ] || as_root=(sudo -n)
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
# Tests start their own servers on other ports and sockets: nothing is to be started for the machine.
policy=/usr/sbin/policy-rc.d
made=
[ -e "$policy" ] || made=$policy
clean() {
  rm -f "$log"
  [ -z "$made" ] || "${as_root[@]}" rm -f "$made"
}
trap clean EXIT
[ -z "$made" ] || printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$made" >/dev/null
[ -z "$made" ] || "${as_root[@]}" chmod 755 "$made"
if ! { "${as_root[@]}" apt-get update && "${as_root[@]}" apt-get install -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
  echo "Could not install ${missing[*]}:" >&2
  tail -n 5 "$log" >&2
fi
