#!/usr/bin/env bash
# F1: GET /health of the full server against a stock Asio and Beast loop. The bar is a ratio of 1.3.
set -euo pipefail
exec tools/bench/service health
