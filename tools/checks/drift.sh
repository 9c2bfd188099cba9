#!/usr/bin/env bash
# The committed outputs of tools/generators are what they write now. What differs is left regenerated, to be looked at.
set -euo pipefail
tree() { { git diff; git ls-files --others --exclude-standard -z | xargs -0 -r sha256sum; } | sha256sum; }
for generator in tools/generators/*.sh; do
  before=$(tree)
  bash "$generator" >/dev/null
  if [[ $(tree) != "$before" ]]; then
    git diff --stat
    echo "$generator writes something else than what is committed: look at the change and commit it."
    exit 1
  fi
done
