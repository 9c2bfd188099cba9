#!/usr/bin/env bash
# Everything that follows from the deployment contract.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
[[ -f build/everyday/build.ninja ]] || exit 0
cmake --build build/everyday --target starter-console >/dev/null
build/everyday/packages/starter_console/starter-console contract render
