# shellcheck shell=bash
# shellcheck disable=SC2154,SC2164
# ./dev itself: what it does before and without the console binary. Each test runs in an empty folder.

# A clone that holds nothing but the script.
bare_clone() {
  mkdir -p clone
  cp "$root/dev" clone/
  cd clone
}

test_down_without_a_binary_and_without_a_stack_says_so() {
  bare_clone
  [[ $(./dev down 2>&1) == "Nothing is running." ]]
}

test_down_without_a_binary_stops_what_the_state_file_names() {
  bare_clone
  mkdir -p var/dev
  setsid sleep 300 &
  local pid=$! start
  sleep 0.1
  start=$(sed 's/.*) //' "/proc/$pid/stat" | cut -d' ' -f20)
  printf '{"parts":[\n{"name":"api","pid":%d,"start":%d,"signal":"TERM","port":1,"fingerprint":"x"}\n]}\n' "$pid" "$start" >var/dev/state.json
  [[ $(./dev down 2>&1) == 'stopped api' ]]
  ! kill -0 "$pid" 2>/dev/null || return 1
  [[ ! -e var/dev/state.json ]]
}

test_down_never_signals_a_process_with_another_start_time() {
  bare_clone
  mkdir -p var/dev
  setsid sleep 300 &
  local pid=$!
  printf '{"parts":[\n{"name":"api","pid":%d,"start":1,"signal":"TERM","port":1,"fingerprint":"x"}\n]}\n' "$pid" >var/dev/state.json
  ./dev down
  kill -0 "$pid"
  kill "$pid"
}

test_down_works_when_the_binary_is_broken() {
  bare_clone
  mkdir -p build/everyday/packages/starter_console
  printf '#!/bin/sh\nexit 139\n' >build/everyday/packages/starter_console/starter-console
  chmod +x build/everyday/packages/starter_console/starter-console
  [[ $(./dev down 2>&1) == "Nothing is running." ]]
}

# A dpkg-query that knows no package, so that every one is missing.
without_packages() {
  mkdir -p bin
  printf '#!/bin/sh\nexit 0\n' >bin/dpkg-query
  chmod +x bin/dpkg-query
  export PATH=$PWD/bin:$PATH
}

test_no_install_exits_3_with_a_line_to_paste_and_installs_nothing() {
  bare_clone
  without_packages
  printf '#!/bin/sh\necho apt-get was run >&2; exit 9\n' >bin/apt-get
  chmod +x bin/apt-get
  local status=0 said
  said=$(./dev up --no-install 2>&1) || status=$?
  [[ $status -eq 3 ]]
  grep -qE '^  fix: (sudo )?apt-get update && (sudo )?apt-get install -y --no-install-recommends .*clang-19' <<<"$said"
  [[ $said != *'apt-get was run'* ]]
}

test_an_error_has_three_lines() {
  bare_clone
  without_packages
  [[ $(./dev up --no-install 2>&1 | grep -cE '^(error|  why|  fix): ') -eq 3 ]]
}

test_help_answers_before_anything_is_built() {
  bare_clone
  [[ $(./dev help 2>&1) == *'./dev up'* ]]
}
