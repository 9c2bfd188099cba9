#!/usr/bin/env bash
# A13: what a forgotten password, a sign-in and a sign-up take for a known address and for an unknown one, turn by turn: the
# difference of the medians. Two one-sided tests at a millisecond must hold as well.
set -euo pipefail
exec tools/bench/service known known
