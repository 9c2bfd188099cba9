#!/usr/bin/env bash
# An AWS that others wrote, for tests: installs moto for this clone (requirements.txt pins every package by its hash) and
# serves on 127.0.0.1.
#
# usage: run.sh install      installs it and ends
#        run.sh PORT [N]     serves until it is stopped; with N only the first N calls are believed without a signature,
#                            the others are checked against users, keys and policies
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
readonly home=var/tools/aws-peer requirements=tools/aws-peer/requirements.txt
mkdir -p "$home"
exec 9>"$home/.lock"
flock 9 # tests run in several processes at once
if ! cmp -s "$requirements" "$home/installed.txt"; then
  rm -rf "$home/venv"
  python3 -m venv "$home/venv"
  "$home/venv/bin/pip" install --quiet --disable-pip-version-check --require-hashes --requirement "$requirements" >&2
  cp "$requirements" "$home/installed.txt"
fi
exec 9>&-
[ "$1" = install ] && exit 0
export INITIAL_NO_AUTH_ACTION_COUNT="${2:-inf}"
exec "$home/venv/bin/moto_server" -H 127.0.0.1 -p "$1"
