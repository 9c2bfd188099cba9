#!/usr/bin/env bash
# Every fuzzer, with address and undefined-behaviour sanitizers, as TAP: first the corpus in the tree, then a counted run
# from a fixed seed, which ends the same everywhere. With STARTER_SOAK=1 each runs for ten minutes of a core of its own
# from a seed of its own, and what it learns stays in var/fuzz. A crash is a file in var/fuzz; the mended case goes into
# the corpus. An argument selects by name.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
readonly wanted=${1:-}

[[ -f build/fuzz/build.ninja ]] || cmake --preset fuzz >&2
cmake --build build/fuzz --target fuzzers >&2

# fuzz NUMBER FUZZER: one line of TAP, and what it said when it failed.
fuzz() {
  local number=$1 fuzzer=$2 name kept=$PWD/var/fuzz corpus=() folder learnt output length=-runs=30000 seed=1 patience=120
  if [[ -n ${STARTER_SOAK:-} ]]; then length=-max_total_time=600 seed=$RANDOM patience=900; fi
  name=$(basename "$fuzzer" _fuzz)
  for folder in {packages/*,apps/*}/tests/fuzz/corpus/"$name"; do [[ ! -d $folder ]] || corpus+=("$folder"); done
  learnt=$kept/$name
  [[ -n ${STARTER_SOAK:-} ]] || learnt=$(mktemp -d)
  mkdir -p "$learnt" "$kept"
  if output=$(timeout "$patience" "$fuzzer" -runs=0 "${corpus[@]}" 2>&1 &&
    timeout "$patience" "$fuzzer" -seed="$seed" "$length" -timeout=20 -rss_limit_mb=1024 \
      -artifact_prefix="$kept/$name-" "$learnt" "${corpus[@]}" 2>&1); then
    output="ok $number - P9 $name"
  else
    output="not ok $number - P9 $name"$'\n'$(grep -vE '^#[0-9]+\s+(NEW|REDUCE|pulse)' <<<"$output" | tail -n 40 | sed 's/^/  /')
  fi
  [[ -n ${STARTER_SOAK:-} ]] || rm -rf "$learnt"
  printf '%s\n' "$output"
}
export -f fuzz

fuzzers=()
for fuzzer in build/fuzz/fuzzers/*_fuzz; do
  [[ $(basename "$fuzzer" _fuzz) != *"$wanted"* ]] || fuzzers+=("$((${#fuzzers[@]} + 1)) $fuzzer")
done
lines=$(printf '%s\n' "${fuzzers[@]}" | xargs --no-run-if-empty --max-procs="$(nproc)" --max-lines=1 bash -c 'fuzz "$@"' -)
printf '%s\n1..%s\n' "$lines" "${#fuzzers[@]}"
[[ $lines != *"not ok "* ]]
