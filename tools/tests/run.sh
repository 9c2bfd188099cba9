#!/usr/bin/env bash
# Runs shell tests and prints TAP. A test is a function whose name starts with test_; it runs in a subshell, in a folder
# of its own. One that this machine can't run says why in its last line and exits with 77.
#
#   tools/tests/run.sh [NAME [FILE ...]]     those whose name holds NAME, of these files (tools/tests/*_test.sh)
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
root=$PWD wanted=${1:-} number=0 failed=0
export root
[[ $# -le 1 ]] || shift
[[ ${1:-} == *_test.sh ]] || set -- tools/tests/*_test.sh
for file in "$@"; do
  while IFS= read -r name; do
    [[ $name == *"$wanted"* ]] || continue
    number=$((number + 1))
    folder=$(mktemp -d)
    # Not as the condition of an if: bash would ignore set -e inside.
    # shellcheck disable=SC1090
    output=$(cd "$folder" && exec 2>&1 && set -euo pipefail; source "$root/$file"; "$name")
    status=$?
    if [[ $status -eq 0 ]]; then
      echo "ok $number - $name"
    elif [[ $status -eq 77 ]]; then
      echo "ok $number - $name # SKIP ${output##*$'\n'}"
    else
      echo "not ok $number - $name"
      printf '%s\n' "$output" | tail -n 20 | sed 's/^/  /'
      failed=$((failed + 1))
    fi
    rm -rf "$folder"
  done < <(sed -n 's/^\(test_[A-Za-z0-9_]*\)().*/\1/p' "$file")
done
echo "1..$number"
[[ $failed -eq 0 ]]
