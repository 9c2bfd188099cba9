#!/usr/bin/env bash
# How long the console takes: to start, to show its help, to examine the clone. The bars are 10, 20 and 2000 ms.
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
printf 'start %d.%d ms, help %d.%d ms, doctor %d.%d ms\n' \
  $((start / 1000)) $((start % 1000 / 100)) $((help / 1000)) $((help % 1000 / 100)) $((doctor / 1000)) $((doctor % 1000 / 100))
