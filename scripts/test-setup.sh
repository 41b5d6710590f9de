#!/usr/bin/env bash
# Installs the programs that tests drive, where they are missing. Tests that need one that is not there skip with a word.
set -euo pipefail

declare -A package=([chromium]=chromium [tmux]=tmux [vim]=vim [less]=less)
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
trap 'rm -f "$log"' EXIT
if ! { "${as_root[@]}" apt-get update && "${as_root[@]}" apt-get install -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
  echo "Could not install ${missing[*]}:" >&2
  tail -n 5 "$log" >&2
fi
