#!/bin/sh
# Installs what the tests of terminals on other machines and in containers start: an SSH server and a Docker Engine.
# Without it these tests are skipped, and say so. For Debian and Ubuntu; run it as root.
set -eu
missing=
command -v ssh >/dev/null || missing="$missing openssh-client"
[ -x /usr/sbin/sshd ] || missing="$missing openssh-server"
command -v dockerd >/dev/null || missing="$missing docker.io"
command -v busybox >/dev/null || missing="$missing busybox-static"
[ -z "$missing" ] && exit 0
apt-get update
# The tests start their own on other ports and sockets: nothing is to be started for the machine.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
  trap 'rm -f "$policy"' EXIT
fi
# shellcheck disable=SC2086
DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing
