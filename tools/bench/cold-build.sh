#!/usr/bin/env bash
# F11: everything compiled from nothing, without a compiler cache. The bar is 8 minutes on 2 cores.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export CCACHE_DISABLE=1
cmake --preset everyday -B "$folder" >/dev/null
began=$SECONDS
cmake --build "$folder" >/dev/null
took=$((SECONDS - began))
printf 'cold build: %d min %d s on %d cores\n' $((took / 60)) $((took % 60)) "$(nproc)"
