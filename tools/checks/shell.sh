#!/usr/bin/env bash
# Every shell script passes shellcheck.
set -euo pipefail
scripts=()
while IFS= read -r file; do
  [[ -f $file ]] || continue
  case $file in
    *.sh) scripts+=("$file") ;;
    *)
      IFS= read -r first <"$file" || true
      [[ $first != '#!'*sh ]] || scripts+=("$file")
      ;;
  esac
done < <(git ls-files --cached --others --exclude-standard '*.sh' dev .ci/run ops tools)
shellcheck "${scripts[@]}"
