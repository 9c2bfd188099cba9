# Short names for ./dev; just is a convenience, ./dev needs it for nothing.
default:
    @./dev help
setup:
    ./dev build
dev:
    ./dev up
test *args:
    ./dev test {{args}}
lint:
    ./dev lint
check:
    ./dev check
format:
    ./dev format
gen:
    ./dev gen
migrate:
    ./dev db migrate
seed:
    ./dev db seed
