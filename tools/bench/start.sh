#!/usr/bin/env bash
# F8: milliseconds to ready, MiB idle and under load. The bars are 50, 30 and 60.
set -euo pipefail
exec tools/bench/service start
