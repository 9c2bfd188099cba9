#!/usr/bin/env bash
# F2: GET /api/v1/users/me against SELECT 1 through the same pool and server. The bar is a ratio of 0.6.
set -euo pipefail
exec tools/bench/service me
