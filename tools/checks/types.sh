#!/usr/bin/env bash
# The web application's types.
set -euo pipefail
[[ -f apps/web-app/package.json ]] || exit 0
tools/web-packages
npm run --prefix apps/web-app --silent type-check
