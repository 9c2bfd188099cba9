#!/usr/bin/env bash
# A11: how long a hostile access token takes to be refused: 12,000 of six kinds, no two alike, one after the other.
set -euo pipefail
exec tools/bench/service hostile-tokens hostile
