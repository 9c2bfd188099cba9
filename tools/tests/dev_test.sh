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

# in_own_mounts COMMANDS: runs them where their mounts are nobody else's, for `status` and `said` of the caller. They end
# with 77 when a mount is refused, and so does the test, as skipped.
in_own_mounts() {
  local -a apart=(unshare --mount)
  [[ $EUID -eq 0 ]] || apart=(unshare --mount --map-root-user)
  "${apart[@]}" true 2>/dev/null || { echo 'this machine allows no mount name space' && exit 77; }
  status=0
  said=$("${apart[@]}" bash -c "$1" 2>&1) || status=$?
  [[ $status -ne 77 ]] || { echo 'this machine allows no such mount' && exit 77; }
}

# Where the system says that it is Fedora.
test_another_system_is_told_where_the_stack_runs() {
  bare_clone
  printf 'ID=fedora\nVERSION_ID=43\n' >os-release
  local status said
  # shellcheck disable=SC2016
  in_own_mounts 'mount --bind os-release "$(readlink -f /etc/os-release)" || exit 77; exec ./dev up'
  [[ $status -eq 3 ]]
  [[ $said == *'and this is fedora:43.'* ]]
  [[ $said == *'open this folder in its dev container'* ]]
  [[ $(grep -cE '^(error|  why|  fix): ' <<<"$said") -eq 3 ]]
  [[ ! -e var ]]
}

# A machine with every package and a compiler that makes a console which tells which Node it was handed.
with_everything() {
  mkdir -p bin
  cat >bin/dpkg-query <<'END'
#!/bin/sh
sed -n '/^packages() {/,/^}/p' dev | grep -oE '[a-z][a-z0-9.+-]+' | sed 's/^/ii  /'
END
  printf '#!/bin/sh\necho v22.0.0\n' >bin/node
  printf '#!/bin/sh\n' >bin/npm
  cat >bin/cmake <<'END'
#!/bin/sh
mkdir -p build/everyday/packages/starter_console && touch build/everyday/build.ninja
printf '#!/bin/sh\necho "node $(node --version)"\n' >build/everyday/packages/starter_console/starter-console
chmod +x build/everyday/packages/starter_console/starter-console
END
  chmod +x bin/*
  export PATH=$PWD/bin:$PATH
}

# The same, whose Node is the one of an older distribution.
with_an_old_node() {
  with_everything
  printf '#!/bin/sh\necho v18.20.4\n' >bin/node
  # What it was asked for is what it lays down.
  cat >bin/npm <<'END'
#!/bin/sh
[ "$1 $2" = "install --prefix" ] || exit 9
case " $* " in *" node@22."*" npm@10."*) ;; *) exit 9 ;; esac
mkdir -p "$3/node_modules/.bin" && printf '#!/bin/sh\necho v22.0.0\n' >"$3/node_modules/.bin/node"
printf '#!/bin/sh\n' >"$3/node_modules/.bin/npm" && chmod +x "$3/node_modules/.bin/node" "$3/node_modules/.bin/npm"
echo installed >>npm-calls
END
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

# --- a folder that can't be written, a full disk --------------------------------------------------------------

# Somebody who is not root and owns nothing here.
as_a_stranger() {
  if [[ $EUID -ne 0 ]]; then
    "$@"
    return
  fi
  chmod o+rx "$(dirname "$PWD")" .
  setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
}

# Says what, why and the fix, and nothing that a program said by itself.
says_three_lines_alone() { [[ $(sed -E 's/^(error|  why|  fix): .*/\1/' <<<"$1") == $'error\n  why\n  fix' ]]; }

cannot_write_to() {
  local status=0 said
  said=$(as_a_stranger ./dev "$2" 2>&1) || status=$?
  echo "$said"
  [[ $status -eq 1 ]]
  says_three_lines_alone "$said"
  [[ $said == "error: Cannot write to $PWD$1."* ]]
  grep -qE "^  fix: (sudo chown -R [a-z]+|chmod -R u\+rwX) '$PWD'$" <<<"$said"
}

test_an_unwritable_folder_of_logs_is_named_with_why_and_the_fix() {
  bare_clone
  with_everything
  mkdir -p var/dev/logs build/everyday var/tools/node
  chmod -R a+w build var/tools
  chmod a-w var/dev/logs
  cannot_write_to /var/dev/logs build
  chmod u+w var/dev/logs
  touch var/dev/logs/build.log
  chmod a-w var/dev/logs
  cannot_write_to /var/dev/logs build
  chmod u+w var/dev/logs
}

test_an_unwritable_build_folder_is_named_with_why_and_the_fix() {
  bare_clone
  with_everything
  mkdir -p var build
  chmod a+w . var
  chmod a-w build
  cannot_write_to /build test
  [[ ! -e var/dev ]]
}

# The readers go to the console that is there; what they write is a Node, if it needs one.
test_an_unwritable_folder_of_an_old_node_is_named_with_why_and_the_fix() {
  bare_clone
  with_an_old_node
  cmake
  chmod a-w .
  cannot_write_to '' status
  chmod u+w .
  mkdir var
  chmod a-w var
  cannot_write_to /var status
  [[ ! -e npm-calls ]]
}

# In a name space of its own, where the clone is a file system of a mebibyte.
test_a_disk_that_fills_while_it_builds_is_named_with_the_fix() {
  bare_clone
  with_everything
  printf '#!/bin/sh\nmkdir -p build/everyday && head -c 2000000 /dev/zero >build/everyday/object\n' >bin/cmake
  mkdir full
  local status said
  in_own_mounts 'mount -t tmpfs -o size=1m none full || exit 77; cp dev full && cd full && exec ./dev build'
  echo "$said"
  [[ $status -eq 1 ]]
  [[ $(grep -cE '^(error|  why|  fix): ' <<<"$said") -eq 3 ]]
  [[ $said == *"error: The disk of $PWD/full is nearly full."* ]]
  grep -qF "  fix: df -h '$PWD/full'   # free some space, then run: ./dev build" <<<"$said"
}

# --- installing -----------------------------------------------------------------------------------------------

# Nothing is installed here: what would do it writes down its words.
with_a_sudo_that_notes() {
  with_everything
  printf '#!/bin/sh\n' >bin/dpkg-query
  printf '#!/bin/sh\necho "$*" >>sudo-calls\n' >bin/sudo
  printf '#!/bin/sh\necho "apt-get without sudo: $*" >>sudo-calls\n' >bin/apt-get
  chmod +x bin/*
  chmod -R a+rwX .
}

# What is typed goes to the terminal that `./dev build` runs on.
on_a_terminal() { printf '%s\n' "$1" | as_a_stranger script -qec './dev build' /dev/null | tr -d '\r'; }

test_on_a_terminal_it_asks_before_sudo_and_a_no_installs_nothing() {
  bare_clone
  with_a_sudo_that_notes
  local status=0 said
  said=$(on_a_terminal n) || status=$?
  echo "$said"
  [[ $status -eq 3 ]]
  [[ $said == *'To install with apt-get (about '*'clang-19'*'Install them now? [Y/n] '* ]]
  [[ $said == *'why: You said no.'*'fix: sudo apt-get update && sudo apt-get install -y '* ]]
  [[ ! -e sudo-calls ]]
}

test_on_a_terminal_a_yes_installs_with_sudo_and_builds() {
  bare_clone
  with_a_sudo_that_notes
  local said
  said=$(on_a_terminal y)
  echo "$said"
  [[ $said == *'Install them now? [Y/n] '*'node v22.0.0'* ]]
  grep -qE '^env DEBIAN_FRONTEND=noninteractive apt-get install -y .*clang-19' sudo-calls
  ! grep -q 'without sudo' sudo-calls || return 1
}

test_without_a_terminal_it_uses_sudo_only_with_yes() {
  bare_clone
  with_a_sudo_that_notes
  local status=0 said
  said=$(as_a_stranger ./dev build 2>&1 </dev/null) || status=$?
  echo "$said"
  [[ $status -eq 3 ]]
  [[ $said == *'why: Without a terminal ./dev does not use sudo unless --yes is given.'* ]]
  [[ ! -e sudo-calls ]]
  [[ $(as_a_stranger ./dev build --yes 2>/dev/null </dev/null) == 'node v22.0.0' ]]
  grep -q 'apt-get install -y ' sudo-calls
}
