#!/usr/bin/env bash
# P10: no data race in the service and the worker. The runtime's tests run as a build with the thread sanitizer; the API's
# own tests are the everyday ones, and the processes that they start and talk to are that build. A report ends the process
# that it is about and stands in var/tsan. All of it is for STARTER_SOAK; every day it is the service alone, under the tests
# that make its threads meet. An argument selects by name.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
readonly wanted=${1:-} reports=$PWD/var/tsan
readonly meeting='Journey.*:WithWorker.*:Refreshing.A1*:Revoking.A7EveryLoss*:KeyRotation.A5*:Once.A4*:PoolExhausted.P18ManySessions*'
targets=(--target starter-api) filter=$meeting everything=
if [[ -n ${STARTER_SOAK:-} || -n $wanted ]]; then
  targets+=(--target runtime_tests) filter="*$wanted*" everything=yes
fi
[[ -f build/tsan/build.ninja ]] || cmake --preset tsan >&2
cmake --build build/tsan "${targets[@]}" >&2
rm -rf "$reports" && mkdir -p "$reports" && chmod 1777 "$reports"
unset STARTER_SOAK # the everyday share of the trials
export TSAN_OPTIONS="log_path=$reports/report exitcode=66 halt_on_error=0"

number=0 failed=0
tap() {
  local name=$1 output
  shift
  number=$((number + 1))
  rm -f "$reports"/report.*
  output=$("$@" 2>&1) || true
  if compgen -G "$reports/report.*" >/dev/null || ! grep -q '^\[  PASSED  \]' <<<"$output"; then
    echo "not ok $number - P10 $name"
    { printf '%s\n' "$output" | grep -E '^\[  FAILED|Failure' | head -20; cat "$reports"/report.* 2>/dev/null | head -200; } | sed 's/^/  /'
    failed=$((failed + 1))
  else
    echo "ok $number - P10 $name"
  fi
}
[[ -z $everything ]] || tap "the runtime" build/tsan/packages/starter_runtime/runtime_tests --gtest_filter="*$wanted*:-MustNotCompile*"
export STARTER_API_BINARY=$PWD/build/tsan/apps/api-service/starter-api
tap "the service and the worker" build/everyday/apps/api-service/api_tests --gtest_filter="$filter"
echo "1..$number"
[[ $failed -eq 0 ]]
