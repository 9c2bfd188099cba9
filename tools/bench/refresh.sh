#!/usr/bin/env bash
# F4: p99 of a rotation to the median commit, and rotations to commits of pgbench. The bars are 4 and 0.6.
set -euo pipefail
exec tools/bench/service refresh
