#!/usr/bin/env bash
# Runs the README's two commands, ./dev up and ./dev test, on machines that have nothing: a fresh root of each
# distribution, made by debootstrap, with a clean clone in it. Needs root, the network and about 6 GB of disk a root.
#
#   tools/ci/bare-machine.sh [bookworm|trixie|noble ...]
#
# BARE_ROOTS   where the roots are made (/var/tmp/starter-bare); they are removed in the end
# BARE_SOURCE  the repository that is cloned (this one)
# BARE_KEEP=1  keep the roots, to look at a failure
set -euo pipefail
repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
roots=${BARE_ROOTS:-/var/tmp/starter-bare}
source=${BARE_SOURCE:-$repository}
suites=("$@")
[[ ${#suites[@]} -gt 0 ]] || suites=(bookworm trixie noble)
passed=0 failed=0 skipped=0

skip() {
  echo "SKIPPED $1: $2"
  skipped=$((skipped + 1))
}

why_not() {
  [[ $EUID -eq 0 ]] || { echo 'a root file system can only be made by root'; return; }
  command -v debootstrap >/dev/null || { echo 'debootstrap is not installed'; return; }
  [[ -e /usr/share/debootstrap/scripts/$1 ]] || { echo "debootstrap does not know $1"; return; }
  unshare --mount --pid --fork true 2>/dev/null || echo 'this machine allows no mount and process name spaces'
}

make_root() {
  local suite=$1 root=$2
  rm -rf "$root"
  mkdir -p "$root"
  debootstrap --variant=minbase "$suite" "$root" >"$root.log" 2>&1 || return 1
  if [[ $suite == noble ]]; then
    sed -i 's/ main$/ main universe/' "$root/etc/apt/sources.list"
    sed 's/ noble / noble-updates /' "$root/etc/apt/sources.list" >>"$root/etc/apt/sources.list.d/updates.list"
  fi
  cp /etc/resolv.conf "$root/etc/resolv.conf"
  # A network that inspects TLS has an authority of its own, and this machine already trusts it.
  mkdir -p "$root/usr/local/share/ca-certificates"
  find /usr/local/share/ca-certificates -name '*.crt' -exec cp {} "$root/usr/local/share/ca-certificates/" \;
  git clone --quiet --no-hardlinks --depth 1 "file://$source" "$root/srv/starter"
}

# In name spaces of its own, so that nothing that it starts can outlive it. Only the network is shared.
in_root() {
  local root=$1
  shift
  # shellcheck disable=SC2016
  unshare --mount --pid --fork --kill-child bash -c '
    mount -t proc proc "$1/proc" && mkdir -p "$1/dev/shm" "$1/dev/pts" && mount -t tmpfs tmpfs "$1/dev/shm"
    # Terminals of its own, as a machine has them.
    mount -t devpts -o newinstance,ptmxmode=0666,mode=0620 devpts "$1/dev/pts" && mount --bind "$1/dev/pts/ptmx" "$1/dev/ptmx"
    exec chroot "$1" env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root CI=true LANG=C.UTF-8 NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt \
      bash -c "cd /srv/starter && $2"' - "$root" "$*"
}

for suite in "${suites[@]}"; do
  reason=$(why_not "$suite")
  if [[ -n $reason ]]; then
    skip "$suite" "$reason"
    continue
  fi
  root=$roots/$suite
  if ! make_root "$suite" "$root"; then
    skip "$suite" "debootstrap failed: $(tail -n 1 "$root.log")"
    rm -rf "$root"
    continue
  fi
  begin=$SECONDS
  # Both in one name space: the stack runs on while the tests do.
  if in_root "$root" './dev up --port-base 13000 && ./dev status && ./dev test && ./dev down'; then
    echo "ok $suite: ./dev up and ./dev test, $((SECONDS - begin)) s"
    passed=$((passed + 1))
  else
    echo "FAILED $suite after $((SECONDS - begin)) s"
    failed=$((failed + 1))
  fi
  [[ -n ${BARE_KEEP:-} ]] || rm -rf "$root" "$root.log"
done
echo "$passed passed, $failed failed, $skipped skipped"
[[ $failed -eq 0 ]]
