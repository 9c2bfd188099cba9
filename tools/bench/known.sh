#!/usr/bin/env bash
# A13: what a sign-in, a forgotten password and a sign-up take for a known address and for an unknown one, turn by turn. The
# bar is a millisecond between the medians, and two one-sided tests at a millisecond.
set -euo pipefail
exec tools/bench/service known
