# shellcheck shell=bash
# shellcheck disable=SC2154
# The justfile: every recipe forwards to a command of ./dev that is there.

recipe_lines() { sed -n 's/^    @\{0,1\}//p' "$root/justfile"; }

test_every_recipe_forwards_to_a_command_that_exists() {
  local line
  local -a words
  while IFS= read -r line; do
    read -ra words <<<"${line%%\{\{*}"
    set -- "${words[@]}"
    [[ $1 == ./dev ]] || { echo "$line forwards to something else"; return 1; }
    shift
    # A suite that is named must be there as well.
    if [[ $1 == test && $# -gt 1 ]]; then
      grep -q "^  - name: $2\$" "$root/tools/suites.yaml" || { echo "there is no suite $2"; return 1; }
      set -- test
    fi
    [[ $1 == help ]] || grep -qF -- "- \`./dev $*" "$root/packages/starter_console/reference/llms.txt" ||
      { echo "./dev $* is no command"; return 1; }
  done < <(recipe_lines)
}

test_the_recipes_that_a_release_names_are_there() {
  local name
  for name in migrate seed test lint typecheck type-check check dev; do
    grep -qE "^$name( \*args)?:" "$root/justfile" || { echo "there is no recipe $name"; return 1; }
  done
}
