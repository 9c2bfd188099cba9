# Short names for ./dev; just is a convenience, ./dev needs it for nothing.
default:
    @./dev help
setup:
    ./dev build
build *args:
    ./dev build {{args}}
dev *args:
    ./dev up {{args}}
watch *args:
    ./dev watch {{args}}
down:
    ./dev down
test *args:
    ./dev test {{args}}
lint:
    ./dev lint
    ./dev test web-lint
typecheck:
    ./dev check
type-check: typecheck
check:
    ./dev check
format:
    ./dev format
gen:
    ./dev gen
migrate *args:
    ./dev db migrate {{args}}
seed *args:
    ./dev db seed {{args}}
