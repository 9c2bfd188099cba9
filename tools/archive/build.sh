#!/usr/bin/env bash
# The release archive of the console for this kind of machine: one static program, its man page, completions and the
# licences of what is linked into it. Prints the archive's path last; its checksum is beside it.
#
#   tools/archive/build.sh [PRESET]     which build it is made of (release)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
readonly preset=${1:-release} out=$PWD/var/release
readonly reference=packages/starter_console/reference

libraries=$(tools/archive/libraries.sh)
cmake --preset "$preset" -DSTARTER_STATIC_LIBRARIES="$libraries" >&2
cmake --build --preset "$preset" --target starter-console-static >&2
readonly program=build/$preset/packages/starter_console/starter-console-static

version=$("$program" version --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["version"])')
name=starter-console-$version-linux-$(dpkg --print-architecture)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
home=$folder/$name
mkdir -p "$home/licences" "$out"
install -m 0755 "$program" "$home/starter-console"
llvm-strip-19 "$home/starter-console"
install -m 0644 LICENSE NOTICE "$reference/starter-console.1" docs/ops/first-deployment.md "$home/"
mkdir "$home/completion"
install -m 0644 "$reference"/completion/* "$home/completion/"

# What each linked library asks for: its copyright and licence text go along.
for library in c.a stdc++.a ssl.a pq.a curl.a boost_json.a boost_url.a yaml-cpp.a sodium.a; do
  path=$(clang++-19 -print-file-name="lib$library")
  # Known by one of its two names: /lib is a link to /usr/lib.
  package=$({ dpkg -S "$(readlink -f "$path")" "$path" 2>/dev/null || true; } | sed -n '1s/:.*//p')
  install -m 0644 "/usr/share/doc/$package/copyright" "$home/licences/${library%.a}"
done
install -m 0644 /usr/share/doc/libcli11-dev/copyright "$home/licences/cli11"

# The same sources give the same archive: no clock, no owner, no order of the folder.
when=$(git -c safe.directory='*' log -1 --format=%ct 2>/dev/null || echo 0)
tar -C "$folder" --sort=name --mtime="@$when" --owner=0 --group=0 --numeric-owner -cf - "$name" | gzip -9n >"$out/$name.tar.gz"
(cd "$out" && sha256sum "$name.tar.gz" >"$name.tar.gz.sha256")
echo "$out/$name.tar.gz"
