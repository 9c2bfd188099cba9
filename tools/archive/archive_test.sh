# shellcheck shell=bash
# shellcheck disable=SC2154
# The release archive as an operator gets it: unpacked ($unpacked), and used on a system that has nothing else. The
# database of the tests is migrated by the built API.

test_the_checksum_is_that_of_the_archive() { (cd "$(dirname "$archive")" && sha256sum --check --quiet "$(basename "$archive").sha256"); }

test_it_is_one_file_that_loads_no_other() {
  ! readelf --wide --program-headers --dynamic "$unpacked/starter-console" | grep -E 'INTERP|NEEDED'
}

test_it_brings_the_licence_of_each_linked_library() {
  local library
  for library in c stdc++ ssl pq curl boost_json boost_url yaml-cpp sodium cli11; do
    [[ -s $unpacked/licences/$library ]] || { echo "$library has none"; return 1; }
  done
}

# A root with the program, two files that every system has, and nothing else: no shell, no library, no certificate.
test_A000_19_it_runs_where_nothing_is_installed() {
  local empty=$PWD/empty output
  mkdir -p "$empty/etc" "$empty/tmp" "$empty/work"
  cp "$unpacked/starter-console" "$empty/starter-console"
  echo '127.0.0.1 api.acme.test' >"$empty/etc/hosts"
  echo 'hosts: files dns' >"$empty/etc/nsswitch.conf"
  # shellcheck disable=SC2016
  local -a enter=(unshare --user --map-root-user --fork sh -c 'exec /usr/sbin/chroot "$@"' sh "$empty")
  [[ $EUID -ne 0 ]] || enter=(/usr/sbin/chroot "$empty")
  output=$(env -i HOME=/work "${enter[@]}" /starter-console next)
  [[ $output == 'Nothing is set up. Next: starter-console setup wizard' ]] || { echo "$output"; return 1; }
  # It reads /etc/hosts by itself: the name is found, and only then nobody answers on that port.
  output=$(env -i HOME=/work "${enter[@]}" /starter-console verify http://api.acme.test:9 2>&1 || true)
  [[ $output == *'refused'* && $output != *'does not resolve'* ]] || { echo "$output"; return 1; }
}

# The page for operators, the wizard, the exports, a real Postgres (libpq) and a real secret manager (libcurl).
test_A000_19_it_does_what_the_pages_for_operators_say() {
  STARTER_CONSOLE=$unpacked/starter-console STARTER_API=$root/build/everyday/apps/api-service/starter-api \
    "$root/build/everyday/packages/starter_console/console_tests" --gtest_brief=1 \
    --gtest_filter='Pages/*:Wizard.*:Export.*:People.*:Secrets.*'
}
