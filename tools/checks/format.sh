#!/usr/bin/env bash
# C++ sources are formatted as .clang-format says. To mend: ./dev format
set -euo pipefail
mapfile -t files < <(git ls-files --cached --others --exclude-standard '*.cpp' '*.h' | while IFS= read -r file; do [[ -f $file ]] && printf '%s\n' "$file"; done)
[[ ${#files[@]} -gt 0 ]] || exit 0
printf '%s\0' "${files[@]}" | xargs -0 -n 40 -P 2 clang-format-19 --dry-run -Werror
