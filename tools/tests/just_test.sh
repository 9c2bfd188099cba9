# shellcheck shell=bash
# shellcheck disable=SC2154,SC2164
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

# 002-13
test_the_recipes_that_a_release_names_are_there() {
  local name
  for name in migrate seed test lint typecheck type-check check dev; do
    grep -qE "^$name( \*args)?:" "$root/justfile" || { echo "there is no recipe $name"; return 1; }
  done
}

# 002-59, 002-60, 002-61: lint and types of the API, the web application and the console. The compiler checks the types
# of C++; clang-tidy reads what it compiles.
test_lint_and_types_reach_the_api_the_web_application_and_the_console() {
  local commands=$root/build/everyday/compile_commands.json file
  [[ -f $commands ]] || { echo 'nothing was configured: run ./dev build' && exit 77; }
  cd "$root"
  [[ $(sed -n '/^lint:/,/^[a-z]/p' justfile) == *'./dev lint'*'./dev test web-lint'* ]]
  while IFS= read -r file; do
    grep -q "/$file\"" "$commands" || { echo "$file is not compiled"; return 1; }
  done < <(git -c safe.directory='*' ls-files 'apps/api-service/src/*.cpp' 'packages/starter_console/src/*.cpp')
  grep -qE '"lint": "eslint ' apps/web-app/package.json
  grep -qE '"type-check": ".*tsc ' apps/web-app/package.json
  grep -q 'npm run --prefix apps/web-app --silent type-check' tools/checks/types.sh
  sed -n '/name: web-lint/,/^$/p' tools/suites.yaml | grep -q 'command: \[npm, run, --silent, lint\]'
}
