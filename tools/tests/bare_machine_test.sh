# shellcheck shell=bash
# shellcheck disable=SC2154,SC2164
# tools/ci/bare-machine.sh, with a debootstrap that makes an empty root or fails, and name spaces that are none: what
# would run in the root is written down.

with_small_roots() {
  [[ $EUID -eq 0 ]] || { echo 'it makes roots as root alone' && exit 77; }
  mkdir -p bin scripts source
  touch scripts/bookworm scripts/trixie
  git init -q source
  git -C source -c user.name=t -c user.email=t@example.com commit -q --allow-empty -m 'Begin'
  cat >bin/debootstrap <<'END'
#!/bin/sh
[ ! -e "$HERE/no-$2" ] || { echo 'E: Failed getting release file'; exit 1; }
mkdir -p "$3/etc" "$3/srv"
END
  cat >bin/unshare <<'END'
#!/bin/sh
[ "$4" = true ] || printf '%s\n' "$*" | tail -n 1 >>"$HERE/ran"
[ "$4" = true ] || [ ! -e "$HERE/broken" ]
END
  chmod +x bin/*
  export HERE=$PWD PATH=$PWD/bin:$PATH DEBOOTSTRAP_DIR=$PWD BARE_ROOTS=$PWD/roots BARE_SOURCE=$PWD/source
}

bare_machine() {
  status=0 said=$("$root/tools/ci/bare-machine.sh" "$@" 2>&1) || status=$?
  echo "$said"
}

test_a_bare_machine_runs_up_and_the_ci() {
  with_small_roots
  bare_machine bookworm trixie
  [[ $status -eq 0 ]]
  [[ $said == *'ok bookworm: '*'ok trixie: '*$'\n2 passed, 0 failed, 0 skipped' ]]
  # shellcheck disable=SC2016
  [[ $(grep -cF './dev up --port-base 13000 && ./dev status && SECONDS=0 && .ci/run && echo ".ci/run took $SECONDS s" && ./dev down' ran) -eq 2 ]]
  [[ -z $(ls roots) ]]
}

test_a_bare_machine_that_none_could_be_made_of_is_no_success() {
  with_small_roots
  touch no-bookworm no-trixie
  bare_machine bookworm trixie
  [[ $status -eq 1 ]]
  [[ $said == *'SKIPPED bookworm: debootstrap failed: E: Failed getting release file'*$'\n0 passed, 0 failed, 2 skipped' ]]
  [[ ! -e ran ]]
}

test_a_bare_machine_beside_one_that_could_not_be_made_is_a_success() {
  with_small_roots
  touch no-trixie
  bare_machine bookworm trixie
  [[ $status -eq 0 ]]
  [[ $said == *$'\n1 passed, 0 failed, 1 skipped' ]]
}

test_a_bare_machine_where_something_failed_is_a_failure() {
  with_small_roots
  touch broken
  bare_machine bookworm
  [[ $status -eq 1 ]]
  [[ $said == *'FAILED bookworm after '*$'\n0 passed, 1 failed, 0 skipped' ]]
}
