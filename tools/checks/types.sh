#!/usr/bin/env bash
# The web application's types.
set -euo pipefail
[[ -f apps/web-app/package.json ]] || exit 0
[[ -d apps/web-app/node_modules ]] || npm ci --prefix apps/web-app --no-fund --no-audit --loglevel=error
npm run --prefix apps/web-app --silent type-check
