#!/usr/bin/env bash
# Every fuzzer, with address and undefined-behaviour sanitizers, as TAP: first the corpus in the tree, then a short run
# from a fixed seed. With STARTER_SOAK=1 each runs for ten CPU minutes from a seed of its own, and what it learns stays
# in var/fuzz. A crash is a file in var/fuzz; the mended case goes into the corpus. An argument selects by name.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
readonly wanted=${1:-} kept=$PWD/var/fuzz
seconds=3 seed=1 patience=60
if [[ -n ${STARTER_SOAK:-} ]]; then seconds=600 seed=$RANDOM patience=900; fi

[[ -f build/fuzz/build.ninja ]] || cmake --preset fuzz >&2
cmake --build build/fuzz --target fuzzers >&2

number=0 failed=0
for fuzzer in build/fuzz/fuzzers/*_fuzz; do
  name=$(basename "$fuzzer" _fuzz)
  [[ $name == *"$wanted"* ]] || continue
  number=$((number + 1))
  corpus=()
  for folder in {packages/*,apps/*}/tests/fuzz/corpus/"$name"; do [[ ! -d $folder ]] || corpus+=("$folder"); done
  learnt=$kept/$name
  [[ -n ${STARTER_SOAK:-} ]] || learnt=$(mktemp -d)
  mkdir -p "$learnt" "$kept"
  if output=$(timeout "$patience" "$fuzzer" -runs=0 "${corpus[@]}" 2>&1 &&
    timeout "$patience" "$fuzzer" -seed="$seed" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=1024 \
      -artifact_prefix="$kept/$name-" "$learnt" "${corpus[@]}" 2>&1); then
    echo "ok $number - P9 $name"
  else
    echo "not ok $number - P9 $name"
    printf '%s\n' "$output" | tail -n 40 | sed 's/^/  /'
    failed=$((failed + 1))
  fi
  [[ -n ${STARTER_SOAK:-} ]] || rm -rf "$learnt"
done
echo "1..$number"
[[ $failed -eq 0 ]]
