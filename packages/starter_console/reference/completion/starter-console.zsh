#compdef starter-console ./dev
# zsh completion of starter-console and ./dev
_starter_values() { "${words_typed[1]}" complete "$1" 2>/dev/null }
_starter_words() {
  local prefix=$1
  case "$prefix" in
    "./dev") words="archive bench build check db debug down format gen lint logs mail new open soak status test tools up watch" ;;
    "./dev archive") words="--color --field --help --json --no-input --output --preset" ;;
    "./dev bench") words="$(_starter_values benchmarks) --color --field --help --json --no-input --output" ;;
    "./dev build") words="--color --field --help --json --no-input --output --preset" ;;
    "./dev check") words="--color --field --help --json --no-input --output" ;;
    "./dev db") words="migrate psql reset seed" ;;
    "./dev db migrate") words="--color --dry-run --field --help --json --no-input --output --wait" ;;
    "./dev db psql") words="--color --field --help --json --no-input --output" ;;
    "./dev db reset") words="--color --confirm --dry-run --field --help --json --no-input --output --wait" ;;
    "./dev db seed") words="--color --dry-run --field --help --json --no-input --output --wait" ;;
    "./dev debug") words="--color --field --help --json --no-input --output" ;;
    "./dev down") words="--color --dry-run --field --help --json --no-input --output --wait" ;;
    "./dev format") words="--color --dry-run --field --help --json --no-input --output" ;;
    "./dev gen") words="--color --dry-run --field --help --json --no-input --output" ;;
    "./dev lint") words="--color --field --help --json --no-input --output" ;;
    "./dev logs") words="$(_starter_values parts) --color --field --follow --help --json --lines --no-input --output" ;;
    "./dev mail") words="--color --field --help --json --link --no-input --output --to" ;;
    "./dev new") words="--color --dry-run --field --help --json --no-input --output env feature migration page" ;;
    "./dev open") words="--color --field --help --json --no-input --output api mail web" ;;
    "./dev soak") words="--color --field --help --json --minutes --no-input --output" ;;
    "./dev status") words="--color --field --help --json --no-input --output" ;;
    "./dev test") words="$(_starter_values suites) --color --field --help --json --list --no-input --output --watch" ;;
    "./dev tools") words="--color --field --help --json --no-input --output" ;;
    "./dev up") words="--color --dry-run --field --help --json --no-build --no-input --output --port-base --wait" ;;
    "./dev watch") words="--color --field --help --json --no-input --output --wait api web" ;;
    "starter-console") words="audit auth backup completion config contract doctor help infra mail next providers release secrets setup storage users util verify version" ;;
    "starter-console audit") words="verify" ;;
    "starter-console audit verify") words="--checkpoint --color --env-file --field --help --json --most --no-input --output --public-keys --timeout" ;;
    "starter-console auth") words="jwks keys tokens" ;;
    "starter-console auth jwks") words="print" ;;
    "starter-console auth jwks print") words="--color --env-file --field --help --json --no-input --output --timeout" ;;
    "starter-console auth keys") words="generate rotate status" ;;
    "starter-console auth keys generate") words="--color --dry-run --env-file --field --help --json --no-input --output --timeout --wait" ;;
    "starter-console auth keys rotate") words="--color --dry-run --env-file --field --help --json --no-input --output --timeout --wait" ;;
    "starter-console auth keys status") words="--color --env-file --field --help --json --no-input --output --timeout" ;;
    "starter-console auth tokens") words="issue-service-account" ;;
    "starter-console auth tokens issue-service-account") words="--account --api --color --create --dry-run --env-file --field --file --help --json --no-input --output --overlap --scopes --tenant --timeout --ttl" ;;
    "starter-console backup") words="create list restore verify" ;;
    "starter-console backup create") words="--color --dry-run --env-file --field --folder --help --json --keep --no-input --output --timeout --wait" ;;
    "starter-console backup list") words="--color --field --folder --help --json --no-input --output" ;;
    "starter-console backup restore") words="--color --confirm --database --dry-run --env-file --field --help --json --max-age --no-input --output --profile --replace --timeout --wait" ;;
    "starter-console backup verify") words="--color --deep --env-file --field --folder --help --json --max-age --no-input --output --timeout" ;;
    "starter-console completion") words="--color --field --help --json --no-input --output bash fish zsh" ;;
    "starter-console config") words="dump-schema explain show write-inventory" ;;
    "starter-console config dump-schema") words="--color --field --help --json --no-input --output" ;;
    "starter-console config explain") words="$(_starter_values settings) --color --env-file --field --help --json --no-input --output" ;;
    "starter-console config show") words="--changed --color --env-file --field --help --json --no-input --output" ;;
    "starter-console config write-inventory") words="--color --dry-run --field --file --help --json --no-input --output" ;;
    "starter-console contract") words="check render show" ;;
    "starter-console contract check") words="--aws --azure --color --compose --field --gcp --help --json --kubernetes --no-input --output" ;;
    "starter-console contract render") words="--check --color --dry-run --field --help --json --no-input --output" ;;
    "starter-console contract show") words="--color --field --help --json --no-input --output" ;;
    "starter-console doctor") words="--answers-file --color --dry-run --env-file --field --fix --help --json --no-input --output --preset --profile --var --web-env-file" ;;
    "starter-console help") words="--color --development --field --help --json --map --no-input --output" ;;
    "starter-console infra") words="compose deps helm terraform" ;;
    "starter-console infra compose") words="export" ;;
    "starter-console infra compose export") words="--answers-file --color --dry-run --env-file --field --file --help --include-secrets --json --no-input --output --preset --profile --var" ;;
    "starter-console infra deps") words="--color --field --help --json --no-input --output --provider" ;;
    "starter-console infra helm") words="export" ;;
    "starter-console infra helm export") words="--answers-file --color --dry-run --env-file --field --file --help --include-secrets --json --mode --no-input --output --preset --profile --var" ;;
    "starter-console infra terraform") words="export" ;;
    "starter-console infra terraform export") words="--answers-file --color --dry-run --env-file --extra-var --field --file --format --help --include-secrets --json --mode --no-input --output --preset --profile --provider --var" ;;
    "starter-console mail") words="test" ;;
    "starter-console mail test") words="--color --dry-run --env-file --field --help --json --no-input --output --timeout --to" ;;
    "starter-console next") words="--color --field --help --json --no-input --output" ;;
    "starter-console providers") words="validate" ;;
    "starter-console providers validate") words="--color --env-file --field --help --json --no-input --output --timeout" ;;
    "starter-console release") words="db" ;;
    "starter-console release db") words="--color --dry-run --env-file --field --help --json --no-input --output --timeout --wait" ;;
    "starter-console secrets") words="onboard pull push rotate" ;;
    "starter-console secrets onboard") words="$(_starter_values secret-managers) --answers-file --color --dry-run --env-file --field --for --help --json --no-input --output --timeout --var --wait" ;;
    "starter-console secrets pull") words="$(_starter_values service-secrets) --color --dry-run --env-file --field --help --json --no-input --output --prefix --profile --replace --timeout --wait" ;;
    "starter-console secrets push") words="$(_starter_values service-secrets) --color --dry-run --env-file --field --help --json --no-input --output --prefix --profile --replace --timeout --wait" ;;
    "starter-console secrets rotate") words="$(_starter_values rotatable-secrets) --color --confirm --dry-run --env-file --field --help --in-file --json --no-input --output --prefix --profile --step --timeout --wait" ;;
    "starter-console setup") words="wizard" ;;
    "starter-console setup wizard") words="--answers-file --color --dry-run --field --help --json --no-input --non-interactive --output --plain --preset --profile --report-only --resume --var --wait" ;;
    "starter-console storage") words="onboard" ;;
    "starter-console storage onboard") words="$(_starter_values object-stores) --answers-file --color --dry-run --env-file --field --help --json --no-input --output --timeout --var --wait" ;;
    "starter-console users") words="create-owner grant-operator" ;;
    "starter-console users create-owner") words="--color --dry-run --email --env-file --field --help --hours --json --name --no-input --output --tenant --timeout" ;;
    "starter-console users grant-operator") words="--color --dry-run --email --env-file --field --help --json --no-input --output --reason --timeout" ;;
    "starter-console util") words="run-with-env" ;;
    "starter-console util run-with-env") words="--color --env-file --field --help --json --no-input --output --prefix --role --timeout" ;;
    "starter-console verify") words="--api --color --field --help --json --mail-from --name-server --no-input --output --timeout" ;;
    "starter-console version") words="--color --field --help --json --no-input --output" ;;
    *) return 1 ;;
  esac
}
_starter() {
  local words_typed=("${words[@]}") at=$CURRENT prefix=starter-console word i
  [[ ${words_typed[1]} == */dev ]] && prefix=./dev
  local words=
  for ((i = 2; i < at; i++)); do
    word=${words_typed[i]}
    [[ $word == -* ]] || { _starter_words "$prefix $word" && prefix="$prefix $word"; }
  done
  _starter_words "$prefix"
  compadd -- ${=words}
}
compdef _starter starter-console ./dev
