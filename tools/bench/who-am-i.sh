#!/usr/bin/env bash
# F2: GET /api/v1/users/me against SELECT 1 through the same pool and server.
set -euo pipefail
exec tools/bench/service who-am-i me
