#!/usr/bin/env bash
# The web application's API client, from its committed openapi.json.
set -euo pipefail
[[ -f apps/web-app/package.json ]] || exit 0
grep -q '"generate"' apps/web-app/package.json || exit 0
[[ -d apps/web-app/node_modules ]] || npm ci --prefix apps/web-app --no-fund --no-audit --loglevel=error
npm run --prefix apps/web-app --silent generate
