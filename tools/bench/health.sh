#!/usr/bin/env bash
# F1: GET /health of the full server against a stock Asio and Beast loop.
set -euo pipefail
exec tools/bench/service health health
