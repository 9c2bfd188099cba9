#!/usr/bin/env bash
# How long the console takes: to start, to show its help, to examine the clone. F10.
set -euo pipefail
console=build/release/packages/starter_console/starter-console
[[ -f build/release/build.ninja ]] || cmake --preset release >/dev/null
cmake --build build/release --target starter-console >/dev/null  # what is there may be older than the sources

# The median of 21 runs, in microseconds.
median() {
  local begin times=()
  for _ in $(seq 21); do
    begin=${EPOCHREALTIME/./}
    "$@" >/dev/null 2>&1 || true
    times+=($((${EPOCHREALTIME/./} - begin)))
  done
  printf '%s\n' "${times[@]}" | sort -n | sed -n 11p
}

start=$(median "$console" version) help=$(median "$console" --help) doctor=$(median "$console" doctor)
ms() { printf '%d.%d' $(($1 / 1000)) $(($1 % 1000 / 100)); }
tools/bench/judge console-start "$(ms "$start")" "$(ms "$help")" "$(ms "$doctor")"
