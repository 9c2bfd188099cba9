# bash completion of starter-console and ./dev
_starter_words() {
  local prefix=$1
  case "$prefix" in
    "./dev") words="bench build check db debug down format gen keep-logs lint logs mail new open soak status test tools up watch" ;;
    "./dev bench") words="--color --field --help --json --no-input --output" ;;
    "./dev build") words="--color --field --help --json --no-input --output --preset" ;;
    "./dev check") words="--color --field --help --json --no-input --output" ;;
    "./dev db") words="migrate psql reset seed" ;;
    "./dev db migrate") words="--color --dry-run --field --help --json --no-input --output" ;;
    "./dev db psql") words="--color --field --help --json --no-input --output" ;;
    "./dev db reset") words="--color --confirm --dry-run --field --help --json --no-input --output" ;;
    "./dev db seed") words="--color --dry-run --field --help --json --no-input --output" ;;
    "./dev debug") words="--color --field --help --json --no-input --output" ;;
    "./dev down") words="--color --dry-run --field --help --json --no-input --output" ;;
    "./dev format") words="--color --dry-run --field --help --json --no-input --output" ;;
    "./dev gen") words="--color --dry-run --field --help --json --no-input --output" ;;
    "./dev keep-logs") words="--color --field --help --json --no-input --output" ;;
    "./dev lint") words="--color --field --help --json --no-input --output" ;;
    "./dev logs") words="--color --field --follow --help --json --lines --no-input --output" ;;
    "./dev mail") words="--color --field --help --json --link --no-input --output --to" ;;
    "./dev new") words="--color --dry-run --field --help --json --no-input --output env feature migration page" ;;
    "./dev open") words="--color --field --help --json --no-input --output api mail web" ;;
    "./dev soak") words="--color --field --help --json --minutes --no-input --output" ;;
    "./dev status") words="--color --field --help --json --no-input --output" ;;
    "./dev test") words="--color --field --help --json --list --no-input --output --watch" ;;
    "./dev tools") words="--color --field --help --json --no-input --output" ;;
    "./dev up") words="--color --dry-run --field --help --json --no-build --no-input --output --port-base" ;;
    "./dev watch") words="--color --field --help --json --no-input --output api web" ;;
    "starter-console") words="completion doctor help verify version" ;;
    "starter-console completion") words="--color --field --help --json --no-input --output bash fish zsh" ;;
    "starter-console doctor") words="--color --field --help --json --no-input --output" ;;
    "starter-console help") words="--color --development --field --help --json --no-input --output" ;;
    "starter-console verify") words="--api --color --field --help --json --no-input --output --timeout" ;;
    "starter-console version") words="--color --field --help --json --no-input --output" ;;
    *) return 1 ;;
  esac
}
_starter() {
  local words= prefix=starter-console word i
  [[ ${COMP_WORDS[0]} == */dev ]] && prefix=./dev
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    [[ $word == -* ]] || { _starter_words "$prefix $word" && prefix="$prefix $word"; }
  done
  _starter_words "$prefix"
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}")
}
complete -o default -F _starter starter-console ./dev
