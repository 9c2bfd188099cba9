#!/usr/bin/env bash
# F12: how long ./dev up takes when everything is built and nothing runs.
set -euo pipefail
./dev up >/dev/null 2>&1
./dev down >/dev/null 2>&1
begin=${EPOCHREALTIME/./}
./dev up >/dev/null 2>&1
took=$((${EPOCHREALTIME/./} - begin))
./dev down >/dev/null 2>&1
tools/bench/judge second-up "$(printf '%d.%d' $((took / 1000000)) $((took % 1000000 / 100000)))"
