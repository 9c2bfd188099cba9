#!/usr/bin/env python3
"""Writes docs/reference/*.md from the sources. Run by tools/generators/docs.sh; `./dev check` fails when a page is stale."""

import json
import re

from sources import (ROOT, default_limit, entry_functions, problem_types, read, route_limits, schema, settings_rows,
                     settings_rules, stop, table, tracked)

NOTE = "<!-- Written by tools/docs/reference.py; change the sources and run ./dev gen. -->\n\n"


def write(name, text):
    path = ROOT / "docs/reference" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(NOTE + text.rstrip() + "\n", encoding="utf-8")


def link(path, label=None):
    return f"[`{label or path}`](../../{path})"


# --- routes -----------------------------------------------------------------------------------------------------------

EVERY_ROUTE = ("internal", "unavailable", "deadline.exceeded", "rate.limited", "host.not_allowed", "origin.not_allowed")
WITH_TOKEN = ("token.missing", "token.expired", "token.stale", "session.ended")
WITH_TENANT = ("tenant.mismatch", "tenant.suspended", "role.insufficient")
WITH_BODY = ("request.malformed", "request.too_large", "media_type.unsupported", "request.invalid")


def who(operation):
    if operation.get("security") == []:
        return "anyone"
    role = operation.get("x-role", "signed in")
    return role + (" or above" if role in ("viewer", "member", "admin") else "")


def codes_of(path, operation):
    """The codes that the route adds to those that follow from its shape."""
    implied = set(EVERY_ROUTE)
    if operation.get("security") != []:
        implied |= set(WITH_TOKEN)
    if "{tenant}" in path:
        implied |= set(WITH_TENANT)
    if "requestBody" in operation or any(p["in"] == "query" for p in operation.get("parameters", [])):
        implied |= set(WITH_BODY)
    codes = [code for reply in operation["responses"].values() for code in reply.get("x-codes", [])]
    return [code for code in dict.fromkeys(codes) if code not in implied]


def routes():
    api = json.loads(read("apps/web-app/openapi.json"))
    limits = route_limits()
    by_source, seen = {}, set()
    for path, methods in api["paths"].items():
        for method, operation in methods.items():
            key = (method.upper(), path)
            if key not in limits:
                stop(f"openapi.json describes {key}, and no route table of the API has it: generate openapi.json anew")
            seen.add(key)
            succeeds = ", ".join(code for code in operation["responses"] if code < "300")
            names = [p["name"] for p in operation.get("parameters", [])]
            takes = [f"`{name}`" for name in ("Idempotency-Key", "If-Match") if name in names]
            takes += ["paged"] if "cursor" in names else []
            by_source.setdefault(limits[key][1], []).append(
                (f"`{method.upper()}` `{path}`", operation.get("summary", ""), who(operation), succeeds,
                 limits[key][0], ", ".join(takes), ", ".join(f"`{code}`" for code in codes_of(path, operation))))
    inside = [key for key in limits if key not in seen]
    listed = lambda codes: ", ".join(f"`{code}`" for code in codes)
    text = "# Routes\n\n"
    text += ("Every route of the API. *Who* is the least role in the tenant of the path, `signed in` for routes of the\n"
             "person, `anyone` for routes without a token. *Limit* is calls in a minute (times\n"
             f"`RATE_LIMIT_FACTOR`), for one person, or for one address where nobody is signed in; the routes with {default_limit()} share one bucket. *Takes* names headers, and `paged` for\n"
             "`?limit=` and `?cursor=`. *Problems* are those that the route adds to these ([errors.md](errors.md) says what each means):\n\n"
             f"- every route: {listed(EVERY_ROUTE)} (the probes answer any host and origin and have no limit)\n"
             f"- with a token: {listed((*WITH_TOKEN, 'token.invalid'))}\n"
             f"- of a tenant: {listed(WITH_TENANT)}\n"
             f"- with a body or a query string: {listed(WITH_BODY)}\n")
    for source, rows in sorted(by_source.items()):
        text += f"\n## {source.rsplit('/', 2)[-2]}\n\n{link(source)}\n\n"
        text += table(["Route", "Does", "Who", "Answers", "Limit", "Takes", "Problems"], rows)
    if inside:
        text += "\n## On METRICS_PORT alone\n\n" + table(["Route", "Source"], [(f"`{m}` `{p}`", link(limits[(m, p)][1])) for m, p in inside])
    write("routes.md", text)


# --- errors -----------------------------------------------------------------------------------------------------------

def errors():
    api = json.loads(read("apps/web-app/openapi.json"))
    used = {}
    for path, methods in api["paths"].items():
        for method, operation in methods.items():
            for status, reply in operation["responses"].items():
                for code in reply.get("x-codes", []):
                    used.setdefault((code, int(status)), []).append(operation["operationId"])
    rows, inner = [], []
    for one in sorted(problem_types(), key=lambda t: (t.code, t.status)):
        places = used.get((one.code, one.status), [])
        where = "every route" if len(places) > 25 else f"{len(places)} routes" if len(places) > 3 else ", ".join(f"`{p}`" for p in places)
        row = (f"`{one.code}`", one.status, one.title, one.fix, where, link(one.path, one.path.rsplit("/", 2)[-2] + "/" + one.path.rsplit("/", 1)[-1]))
        (inner if not one.fix or "/testing/" in one.path else rows).append(row)
    text = ("# Errors\n\nEvery error of the API is a problem document (RFC 9457, `application/problem+json`). `code` is stable and part\n"
            "of the contract; `title` and `detail` are for people. Fields that are wrong stand in `errors`, each with a JSON\n"
            "pointer, a code and a sentence, never with the value. Quote `request_id` when you report one.\n\n")
    text += "```json\n" + json.dumps({"type": "urn:starter:problem:tenant.mismatch", "title": "You are signed in to another tenant",
                                    "status": 409, "code": "tenant.mismatch",
                                    "detail": "Switch to the tenant of this address first.", "request_id": "yN0c4Kk2Qm8x-17"}, indent=2) + "\n```\n\n"
    text += "*Declared for* names the routes whose description lists the code; the others come from the way to every route.\n\n"
    text += table(["Code", "Status", "Title", "What to do", "Declared for", "Source"], rows)
    text += "\n## Inside the process\n\nThese never reach a client as they are.\n\n"
    text += table(["Code", "Status", "Title"], [row[:3] for row in inner])
    declared = "apps/web-app/server/problems.mjs"
    web = re.findall(r'code: "([\w.]+)", status: (\d{3}), title: "([^"]+)", fix: "([^"]+)"', read(declared))
    if not web or len(web) != read(declared).count("code: "):
        stop(f"{declared}: a problem is not {{ code, status, title, fix }}")
    text += ("\n## Of the web application\n\nIts port and its form routes refuse with these before they ask the API. They stand in " +
             link(declared) + ".\n\n")
    text += table(["Code", "Status", "Title", "What to do"], [(f"`{code}`", status, title, fix) for code, status, title, fix in sorted(web)])
    write("errors.md", text)


# --- tables -----------------------------------------------------------------------------------------------------------

def tables():
    found = schema()
    text = ("# Tables\n\nEvery table of the schema, read from " + link("apps/api-service/migrations") + ". Each has row-level security\n"
            "forced, and one policy for each role and command; a role without a policy sees no row, and a role without a grant\n"
            "may not even ask. What the roles are for: [architecture.md](../architecture.md#row-level-security).\n\n"
            "`starter_owner` (everything) and `starter_backup` (`SELECT`, every row) are the same for each table and left out below.\n")
    for name, one in found.items():
        text += f"\n## {name}\n\n"
        if one.about:
            text += one.about + "\n\n"
        text += table(["Column", "Type", "Rules", "Meaning"], [(f"`{c}`", kind, f"`{rules}`" if rules else "", comment)
                                                              for c, kind, rules, comment in one.columns])
        if one.constraints:
            text += "\n" + "\n".join(f"- `{c}`" for c in one.constraints) + "\n"
        rows = []
        roles = dict.fromkeys([role for role, _ in one.grants] + [r for p in one.policies for r in p[2].split(", ")])
        for role in roles:
            if role in ("starter_owner", "starter_backup"):
                continue
            grants = ", ".join(what for who_, what in one.grants if who_ == role)
            policies = "; ".join(f"{command}: `{using or check}`" + (f" (new rows: `{check}`)" if using and check and check != using else "")
                                 for _, command, named, using, check in one.policies if role in named.split(", "))
            rows.append((f"`{role}`", grants, policies))
        if not any(p[0] == "owner_all" for p in one.policies):
            stop(f"the table {name} has no policy owner_all: it was never protected")
        text += "\n" + (table(["Role", "May", "Sees"], rows) if rows else "No other role has a grant on it.\n")
    text += "\n## Entry functions\n\nThe only code that runs with the rights of `starter_entry`; `starter_app` may execute it.\n\n"
    text += table(["Function", "Takes", "About"], [(f"`entry.{n}`", f"`{a}`", about) for n, a, r, about, _ in entry_functions() if r != "trigger"])
    write("tables.md", text)


# --- environment ------------------------------------------------------------------------------------------------------

NEXT = {"HOSTNAME", "NODE_ENV", "NEXT_RUNTIME", "NEXT_TELEMETRY_DISABLED"}  # read by Next.js itself


def limits_of(row):
    limits = [row["allowed"].replace(" ", ", ")] if row.get("allowed") else []
    if "min" in row or "max" in row:
        limits.append(f"{row.get('min', '0')} to {row.get('max', '')}".strip())
    if "length" in row:
        limits.append(f"at least {row['length']} characters" + (f", up to {row['values']} separated by commas" if "values" in row else ""))
    return row.get("type", "text") + (": " + "; ".join(limits) if limits else "")


def setting_row(row):
    required = "required" + (f" {row['required_reason']}" if row.get("required_reason") else "")
    default = required if row.get("required_when") else f"`{row['fallback']}`" if row.get("fallback") else ""
    name = f"`{row['name']}`" + (" (secret)" if row.get("secret") == "true" else "")
    return name, limits_of(row), default, row.get("meaning", "")


def environment():
    rules = settings_rules()
    text = ("# Environment\n\n## API\n\nDeclared once, in " + link("packages/starter_contracts/contract") + ". Precedence: the environment of the\n"
            "process, then `.env.local` in its working directory, then the default. An empty variable counts as not set. A\n"
            "secret may instead stand in a file that `NAME_FILE` names. All problems are reported together at the start, each\n"
            "with the fix and never with the value.\n\n")
    text += table(["Variable", "Type", "Default", "Meaning"], [setting_row(row) for row in settings_rows()])
    text += ("\n### What is refused\n\n*Hosted* means that `APP_PUBLIC_URL` is not loopback, whatever `ENVIRONMENT` says. "
             "Nothing turns these rules off as a group. They stand in\n" + link("packages/starter_service/src/refusals.cpp") + ", and `starter-console doctor` shows them before anything is deployed.\n\n")
    text += table(["Variable", "Refused when it", "Only hosted", "Fix"],
                  [(f"`{name}`", what, "yes" if hosted else "", fix) for name, all_rules in rules.items() for what, fix, hosted in all_rules])
    source = read("apps/web-app/lib/settings.ts")
    names = set(re.findall(r'\b(?:text|origin)\("([A-Z_]+)"', source)) | set(re.findall(r'secretText\(env, "([A-Z_]+)"', source))
    web = [row for row in settings_rows(("web",)) if row["name"] not in NEXT]
    if names != {row["name"] for row in web}:
        stop(f"apps/web-app/lib/settings.ts reads {sorted(names ^ {row['name'] for row in web})} differently from what the contract says")
    text += ("\n## Web application\n\nRead by " + link("apps/web-app/lib/settings.ts") + ", which takes ranges, defaults and what is required from " +
             link("apps/web-app/lib/settings-table.ts") + ".\nAll problems are reported together; `WEB_TIER_SECRET_FILE` may name a file instead. "
             "`HOSTNAME` is read by the Next.js server itself.\n\n")
    # A default here is one of development: what the contract requires, nothing stands in for.
    rows = []
    for row in web:
        name, kind, default, meaning = setting_row(row)
        required = f"required when {row['condition']}" if row["condition"] else ""
        rows.append((name, kind, "; ".join(part for part in (default, required) if part), meaning))
    text += table(["Variable", "Type", "Default", "Meaning"], rows)
    write("environment.md", text)


# --- commands ---------------------------------------------------------------------------------------------------------

def cli():
    listing = read("packages/starter_console/reference/llms.txt")
    text = ("# Commands\n\nFrom the console's own reference (" + link("packages/starter_console/reference/llms.txt") + "), which it writes from its command table.\n"
            "Every command explains itself with `--help`, takes `--json`, and has a JSON Schema for that reply in\n"
            + link("packages/starter_console/reference/schemas") + ". Exit statuses: `starter-console help exit-codes`.\n")
    for section in re.findall(r"^## (.*?)\n\n((?:- .*\n?)+)", listing, re.M):
        rows = [re.match(r"- `(.*?)`: (.*)", line).groups() for line in section[1].strip().splitlines()]
        text += f"\n## {section[0]}\n\n"
        text += table(["Command", "Does"], [(f"`{command}`", does) for command, does in rows])
    text += "\nUsage, flags and examples of the operator's commands: " + link("packages/starter_console/reference/console.md") + ".\n"
    write("cli.md", text)


if __name__ == "__main__":
    routes()
    errors()
    tables()
    environment()
    cli()
