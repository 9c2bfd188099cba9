#!/usr/bin/env bash
# The API's description, from the API itself, and the web application's client types from that. The reference (docs.sh)
# is written from it afterwards: generators run by name.
set -euo pipefail
[[ -f apps/web-app/package.json ]] || exit 0
if [[ -f build/everyday/build.ninja ]]; then
  cmake --build build/everyday --target starter-api >/dev/null
  build/everyday/apps/api-service/starter-api openapi |
    node -e 'let text=""; process.stdin.on("data",(part)=>text+=part).on("end",()=>console.log(JSON.stringify(JSON.parse(text),null,4)))' >apps/web-app/openapi.json.new
  if cmp -s apps/web-app/openapi.json.new apps/web-app/openapi.json; then
    rm apps/web-app/openapi.json.new
  else
    mv apps/web-app/openapi.json.new apps/web-app/openapi.json
  fi
fi
grep -q '"generate"' apps/web-app/package.json || exit 0
tools/web-packages
npm run --prefix apps/web-app --silent generate
