#!/usr/bin/env bash
# Runs ./dev up and .ci/run (./dev check and ./dev test) on machines that have nothing: a fresh root of each
# distribution, made by debootstrap, with a clean clone in it. Needs root, the network and about 6 GB of disk a root.
# Ends with status 1 when one of them failed, and also when none passed.
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
  [[ $1 == noble || -e ${DEBOOTSTRAP_DIR:-/usr/share/debootstrap}/scripts/$1 ]] || { echo "debootstrap does not know $1"; return; }
  unshare --mount --pid --fork true 2>/dev/null || echo 'this machine allows no mount and process name spaces'
}

# What debootstrap needs to be told for Ubuntu on Debian: the keys of the archive, by their package (which is pinned,
# since nothing here could verify it), and the script that all its releases share.
readonly ubuntu_keyring=pool/main/u/ubuntu-keyring/ubuntu-keyring_2023.11.28.1_all.deb
readonly ubuntu_keyring_sha256=36de43b15853ccae0028e9a767613770c704833f82586f28eb262f0311adb8a8
bootstrap() {
  local suite=$1 root=$2
  if [[ $suite != noble ]]; then
    debootstrap --variant=minbase "$suite" "$root"
    return
  fi
  local script=/usr/share/debootstrap/scripts/gutsy mirror
  mirror=$(awk '/default_mirror .*:\/\/archive\./ { print $2; exit }' "$script") &&
    curl --silent --show-error --fail --output "$root.deb" "$mirror/$ubuntu_keyring" &&
    sha256sum --check --quiet <<<"$ubuntu_keyring_sha256  $root.deb" &&
    dpkg-deb --extract "$root.deb" "$root.keyring" &&
    debootstrap --variant=minbase --keyring="$root.keyring/usr/share/keyrings/ubuntu-archive-keyring.gpg" \
      "$suite" "$root" "$mirror" "$script"
}

make_root() {
  local suite=$1 root=$2
  rm -rf "$root"
  mkdir -p "$root"
  bootstrap "$suite" "$root" >"$root.log" 2>&1 || return 1
  if [[ $suite == noble ]]; then
    sed -i 's/ main$/ main universe/; p; s/ noble / noble-updates /' "$root/etc/apt/sources.list"
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
  # shellcheck disable=SC2016
  if in_root "$root" './dev up --port-base 13000 && ./dev status && SECONDS=0 && .ci/run && echo ".ci/run took $SECONDS s" && ./dev down'; then
    echo "ok $suite: ./dev up and .ci/run, $((SECONDS - begin)) s"
    passed=$((passed + 1))
  else
    echo "FAILED $suite after $((SECONDS - begin)) s"
    failed=$((failed + 1))
  fi
  [[ -n ${BARE_KEEP:-} ]] || rm -rf "$root" "$root.log" "$root.deb" "$root.keyring"
done
echo "$passed passed, $failed failed, $skipped skipped"
[[ $failed -eq 0 && $passed -gt 0 ]]
