#!/usr/bin/env bash
# F3: the share of a log-in that Argon2id takes, and what a log-in storm does to others' p99.
set -euo pipefail
exec tools/bench/service log-in login
