#!/usr/bin/env bash
# How long ./dev up takes when everything is built and nothing runs. The bar is 15 s.
set -euo pipefail
./dev up >/dev/null 2>&1
./dev down >/dev/null 2>&1
begin=${EPOCHREALTIME/./}
./dev up >/dev/null 2>&1
took=$((${EPOCHREALTIME/./} - begin))
./dev down >/dev/null 2>&1
printf 'second ./dev up: %d.%d s\n' $((took / 1000000)) $((took % 1000000 / 100000))
