#!/usr/bin/env bash
# Installs schemathesis for this clone (requirements.txt pins every package by its hash), then runs the test that drives
# it with the arguments given.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
readonly home=var/tools/schemathesis requirements=tools/api-fuzz/requirements.txt
if ! cmp -s "$requirements" "$home/installed.txt"; then
  rm -rf "$home"
  python3 -m venv "$home"
  "$home/bin/pip" install --quiet --disable-pip-version-check --require-hashes --requirement "$requirements" >&2
  cp "$requirements" "$home/installed.txt"
fi
exec build/everyday/apps/api-service/api_fuzz "$@"
