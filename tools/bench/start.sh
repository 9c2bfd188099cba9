#!/usr/bin/env bash
# F8: milliseconds to ready, MiB idle and under load.
set -euo pipefail
exec tools/bench/service start start
