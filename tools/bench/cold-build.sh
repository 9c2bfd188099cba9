#!/usr/bin/env bash
# F11: everything compiled from nothing, without a compiler cache. The bar is for 2 cores.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export CCACHE_DISABLE=1
cmake --preset everyday -B "$folder" >&2
began=$SECONDS
cmake --build "$folder" >&2
took=$((SECONDS - began))
echo "on $(nproc) cores"
tools/bench/judge cold-build $took
