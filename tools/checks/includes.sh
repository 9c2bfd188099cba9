#!/usr/bin/env bash
# The include graph has only the arrows that docs/architecture.md allows.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
exec python3 tools/checks/includes.py
