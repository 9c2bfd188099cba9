#!/usr/bin/env bash
# F4: p99 of a rotation to the median commit, and rotations to commits of pgbench.
set -euo pipefail
exec tools/bench/service refresh refresh
