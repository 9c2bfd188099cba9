#!/usr/bin/env bash
# The release archive as an operator gets it: unpacked, and used on a system that has nothing else. Prints TAP.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
readonly wanted=${1:-}
readonly tests=$PWD/build/everyday/packages/starter_console/console_tests
readonly api=$PWD/build/everyday/apps/api-service/starter-api # migrates the database of the tests
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
status=0
archive=$(tools/archive/build.sh everyday) || status=$?
if [[ $status -eq 75 ]]; then
  printf '1..1\nok 1 - A000_19 the archive # SKIP no repository of this machine has the sources of libpq and libcurl\n'
  exit 0
fi
[[ $status -eq 0 ]]
mkdir "$folder/unpacked"
tar -C "$folder/unpacked" --strip-components=1 -xzf "$archive"
readonly console=$folder/unpacked/starter-console

test_the_checksum_is_that_of_the_archive() { (cd "$(dirname "$archive")" && sha256sum --check --quiet "$(basename "$archive").sha256"); }

test_it_is_one_file_that_loads_no_other() {
  ! readelf --wide --program-headers --dynamic "$console" | grep -E 'INTERP|NEEDED'
}

test_it_brings_the_licence_of_each_linked_library() {
  local library
  for library in c stdc++ ssl pq curl boost_json boost_url yaml-cpp sodium cli11; do
    [[ -s $folder/unpacked/licences/$library ]] || { echo "$library has none"; return 1; }
  done
}

# A root with the program, two files that every system has, and nothing else: no shell, no library, no certificate.
test_A000_19_it_runs_where_nothing_is_installed() {
  local root=$folder/root output
  mkdir -p "$root/etc" "$root/tmp" "$root/work"
  cp "$console" "$root/starter-console"
  echo '127.0.0.1 api.acme.test' >"$root/etc/hosts"
  echo 'hosts: files dns' >"$root/etc/nsswitch.conf"
  # shellcheck disable=SC2016
  local -a enter=(unshare --user --map-root-user --fork sh -c 'exec /usr/sbin/chroot "$@"' sh "$root")
  [[ $EUID -ne 0 ]] || enter=(/usr/sbin/chroot "$root")
  output=$(env -i HOME=/work "${enter[@]}" /starter-console next)
  [[ $output == 'Nothing is set up. Next: starter-console setup wizard' ]] || { echo "$output"; return 1; }
  # It reads /etc/hosts by itself: the name is found, and only then nobody answers on that port.
  output=$(env -i HOME=/work "${enter[@]}" /starter-console verify http://api.acme.test:9 2>&1 || true)
  [[ $output == *'refused'* && $output != *'does not resolve'* ]] || { echo "$output"; return 1; }
}

# The page for operators, the wizard, the exports, a real Postgres (libpq) and a real secret manager (libcurl).
test_A000_19_it_does_what_the_pages_for_operators_say() {
  STARTER_CONSOLE=$console STARTER_API=$api "$tests" --gtest_brief=1 --gtest_filter='Pages/*:Wizard.*:Export.*:People.*:Secrets.*'
}

number=0 failed=0
while IFS= read -r name; do
  [[ $name == *"$wanted"* ]] || continue
  number=$((number + 1))
  status=0
  # Not as the condition of an if: bash would ignore set -e inside.
  set +e
  output=$(exec 2>&1; set -e; "$name")
  status=$?
  set -e
  if [[ $status -eq 0 ]]; then
    echo "ok $number - ${name#test_}"
  else
    echo "not ok $number - ${name#test_}"
    printf '%s\n' "$output" | tail -n 40 | sed 's/^/  /'
    failed=$((failed + 1))
  fi
done < <(sed -n 's/^\(test_[A-Za-z0-9_]*\)().*/\1/p' "${BASH_SOURCE[0]}")
echo "1..$number"
[[ $failed -eq 0 ]]
