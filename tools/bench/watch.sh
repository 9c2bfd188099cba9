#!/usr/bin/env bash
# F11: how long ./dev watch takes from a saved file to the change in a reply: a table of routes, whose summary stands in
# /openapi.json, and a page. The files get their text back.
set -euo pipefail
route=apps/api-service/src/app/services/projects/routes.cpp route_text='Lists projects'
page='apps/web-app/app/(auth)/sign-in/page.tsx' page_text='return <SignIn'
folder=$(mktemp -d)
cp -p "$route" "$folder/route"
cp -p "$page" "$folder/page"
was_running=true watch=
./dev status >/dev/null 2>&1 || was_running=false

end() {
  cp "$folder/route" "$route"
  cp "$folder/page" "$page"
  if [[ -n $watch ]]; then
    kill -INT "$watch" 2>/dev/null || true
    wait "$watch" || true
  fi
  rm -rf "$folder"
  if [[ $was_running == true ]]; then ./dev up >/dev/null 2>&1; else ./dev down >/dev/null 2>&1; fi
}
trap end EXIT

base=$(./dev status --field port_base || true)
if ! grep -q "$route_text" "$route" || ! grep -q "$page_text" "$page"; then
  echo "$route or $page does not hold the text that is changed here" >&2
  exit 1
fi

# shown URL TEXT: the reply holds the text.
shown() { curl -sf -m 30 "$1" | grep -qF "$2"; }

# until_shown URL TEXT SECONDS: milliseconds until then.
until_shown() {
  local begin=${EPOCHREALTIME/./}
  until shown "$1" "$2"; do
    [[ $((${EPOCHREALTIME/./} - begin)) -lt $(($3 * 1000000)) ]] || { echo "$1 does not show \"$2\" after $3 s" >&2; tail -n 20 "$folder/log" >&2; exit 1; }
    sleep 0.02
  done
  echo $(((${EPOCHREALTIME/./} - begin) / 1000))
}

median() { sort -n | sed -n "$(($1 / 2 + 1))p"; }

./dev watch >"$folder/log" 2>&1 &
watch=$!
until grep -q '^Watching' "$folder/log"; do
  kill -0 "$watch" 2>/dev/null || { cat "$folder/log" >&2; exit 1; }
  sleep 0.2
done
web=http://localhost:$base/sign-in api=http://localhost:$((base + 1))/openapi.json
until shown "$web" '<form'; do sleep 0.2; done  # the first look compiles the page

runs=5
for run in $(seq $runs); do
  sed "s/$route_text/$route_text, run $run/" "$folder/route" >"$route"
  until_shown "$api" "$route_text, run $run" 120
done >"$folder/routes"
for run in $(seq $runs); do
  sed "s/$page_text/return <><i>run $run<\/i><SignIn/; s/ended === \"1\"} \/>;/ended === \"1\"} \/><\/>;/" "$folder/page" >"$page"
  until_shown "$web" "run $run" 60
done >"$folder/pages"
echo "medians of $runs: a saved route until it serves, a saved page until it is shown"
tools/bench/judge watch "$(median $runs <"$folder/routes")" "$(median $runs <"$folder/pages")"
