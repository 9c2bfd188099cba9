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

# In a name space of its own, where the system says that it is Fedora.
test_another_system_is_told_where_the_stack_runs() {
  bare_clone
  printf 'ID=fedora\nVERSION_ID=43\n' >os-release
  local -a apart=(unshare --mount)
  [[ $EUID -eq 0 ]] || apart=(unshare --mount --map-root-user)
  # shellcheck disable=SC2016
  local inside='mount --bind os-release "$(readlink -f /etc/os-release)" || exit 77; exec ./dev up'
  "${apart[@]}" true 2>/dev/null || { echo 'this machine allows no mount name space' && exit 77; }
  local status=0 said
  said=$("${apart[@]}" bash -c "$inside" 2>&1) || status=$?
  [[ $status -ne 77 ]] || { echo 'this machine allows no bind mount' && exit 77; }
  [[ $status -eq 3 ]]
  [[ $said == *'and this is fedora:43.'* ]]
  [[ $said == *'open this folder in its dev container'* ]]
  [[ $(grep -cE '^(error|  why|  fix): ' <<<"$said") -eq 3 ]]
  [[ ! -e var ]]
}

# A machine with every package, whose Node is the one of an older distribution and whose build makes a console that
# tells which Node it was handed.
with_an_old_node() {
  mkdir -p bin
  cat >bin/dpkg-query <<'END'
#!/bin/sh
sed -n '/^packages() {/,/^}/p' dev | grep -oE '[a-z][a-z0-9.+-]+' | sed 's/^/ii  /'
END
  printf '#!/bin/sh\necho v18.20.4\n' >bin/node
  cat >bin/cmake <<'END'
#!/bin/sh
mkdir -p build/everyday/packages/starter_console && touch build/everyday/build.ninja
printf '#!/bin/sh\necho "node $(node --version)"\n' >build/everyday/packages/starter_console/starter-console
chmod +x build/everyday/packages/starter_console/starter-console
END
  # What it was asked for is what it lays down.
  cat >bin/npm <<'END'
#!/bin/sh
[ "$1 $2" = "install --prefix" ] || exit 9
case " $* " in *" node@22."*" npm@10."*) ;; *) exit 9 ;; esac
mkdir -p "$3/node_modules/.bin" && printf '#!/bin/sh\necho v22.0.0\n' >"$3/node_modules/.bin/node"
printf '#!/bin/sh\n' >"$3/node_modules/.bin/npm" && chmod +x "$3/node_modules/.bin/node" "$3/node_modules/.bin/npm"
echo installed >>npm-calls
END
  chmod +x bin/*
  export PATH=$PWD/bin:$PATH
}

test_a_too_old_node_is_replaced_for_this_clone_alone() {
  bare_clone
  with_an_old_node
  [[ $(./dev status 2>said) == 'node v22.0.0' ]]
  grep -q '^Node 18 is too old: installing 22\.[0-9.]* for this clone under var/tools/node$' said
  [[ $(./dev status 2>&1) == 'node v22.0.0' ]]
  [[ $(wc -l <npm-calls) -eq 1 ]]
}

test_a_too_old_node_is_no_obstacle_that_no_install_hides() {
  bare_clone
  with_an_old_node
  local status=0 said
  said=$(./dev build --no-install 2>&1) || status=$?
  [[ $status -eq 3 ]]
  grep -qE '^  fix: npm install --prefix .*/var/tools/node node@22\.[0-9.]+ npm@10\.[0-9.]+$' <<<"$said"
  [[ ! -e npm-calls ]]
}

test_help_answers_before_anything_is_built() {
  bare_clone
  [[ $(./dev help 2>&1) == *'./dev up'* ]]
}
