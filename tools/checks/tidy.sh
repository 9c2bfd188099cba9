#!/usr/bin/env bash
# clang-tidy over the C++ sources that differ from the main branch, or from the last commit on it.
set -euo pipefail
[[ -f .clang-tidy && -f build/everyday/compile_commands.json ]] || exit 0
base=$(git merge-base HEAD origin/main 2>/dev/null || git merge-base HEAD main 2>/dev/null || git rev-parse HEAD)
[[ $base != $(git rev-parse HEAD) ]] || base=$(git rev-parse 'HEAD^' 2>/dev/null || git rev-parse HEAD)
mapfile -t changed < <(git diff --name-only --diff-filter=d "$base" -- '*.cpp' | head -n 12)
# What the everyday build does not compile (fuzzers) has no command to read it with.
known=()
for file in "${changed[@]}"; do
  ! grep -q "/$file\"" build/everyday/compile_commands.json || known+=("$file")
done
[[ ${#known[@]} -gt 0 ]] || exit 0
printf '%s\0' "${known[@]}" | xargs -0 -n 1 -P 2 timeout 120 clang-tidy-19 --quiet -p build/everyday --warnings-as-errors='*' 2> >(grep -v 'warnings generated' >&2)
