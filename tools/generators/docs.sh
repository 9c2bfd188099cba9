#!/usr/bin/env bash
# docs/reference/ from the sources, and the line numbers in links to code.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
python3 tools/docs/reference.py
python3 tools/docs/anchors.py
