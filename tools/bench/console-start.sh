#!/usr/bin/env bash
# How long the console takes: to start, to show its help, to examine the clone and its running stack. F10.
set -euo pipefail
console=build/release/packages/starter_console/starter-console
[[ -f build/release/build.ninja ]] || cmake --preset release >&2
cmake --build build/release --target starter-console >&2  # what is there may be older than the sources

# A stack that was stopped is stopped again.
if ! ./dev status >/dev/null 2>&1; then
  trap './dev down >/dev/null 2>&1' EXIT
  ./dev up >/dev/null 2>&1 || { echo "./dev up failed, and doctor is measured on a running stack" >&2; exit 1; }
fi

# timed STATUSES COMMAND...: the median of 21 runs, in microseconds. What crashes is quick, too: each run must end as
# the command's help says.
timed() {
  local statuses=$1 begin status times=()
  shift
  for _ in $(seq 21); do
    begin=${EPOCHREALTIME/./} status=0
    "$@" >/dev/null 2>&1 || status=$?
    times+=($((${EPOCHREALTIME/./} - begin)))
    [[ " $statuses " == *" $status "* ]] || { echo "$* ended with status $status" >&2; exit 1; }
  done
  printf '%s\n' "${times[@]}" | sort -n | sed -n 11p
}

start=$(timed 0 "$console" version)
help=$(timed 0 "$console" --help)
doctor=$(timed '0 3' "$console" doctor)
ms() { printf '%d.%d' $(($1 / 1000)) $(($1 % 1000 / 100)); }
tools/bench/judge console-start "$(ms "$start")" "$(ms "$help")" "$(ms "$doctor")"
