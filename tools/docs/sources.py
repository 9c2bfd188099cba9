"""What the generators and tests of the documentation share: paths, and reading C++ tables and SQL as text.

The readers know the few shapes that this repository's house style allows and stop with a sentence when they meet
another one: a table that is silently half empty would be worse than none.
"""

import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def read(path):
    return (ROOT / path).read_text(encoding="utf-8")


def tracked(*patterns):
    """Files that git knows or would add, as paths from the root, sorted."""
    command = ["git", "-c", "safe.directory=*", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others",
               "--exclude-standard", "--", *patterns]
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return sorted({name for name in out.split("\0") if name and (ROOT / name).is_file()})


def stop(sentence):
    sys.exit(f"{pathlib.Path(sys.argv[0]).name}: {sentence}")


def balanced(text, start):
    """The text from the bracket at `start` to its partner, both included; strings are skipped."""
    pairs = {"(": ")", "{": "}", "[": "]"}
    stack = []
    i = start
    while i < len(text):
        c = text[i]
        if c == '"':
            i += 1
            while text[i] != '"':
                i += 2 if text[i] == "\\" else 1
        elif c in pairs:
            stack.append(pairs[c])
        elif stack and c == stack[-1]:
            stack.pop()
            if not stack:
                return text[start:i + 1]
        i += 1
    stop(f"a bracket is never closed: {text[start:start + 60]!r}")


def split_top(text, separator=","):
    """Splits at separators that stand outside brackets and quotes."""
    parts, depth, quote, last = [], 0, "", 0
    for i, c in enumerate(text):
        if quote:
            if c == quote:
                quote = ""
        elif c in "\"'":
            quote = c
        elif c in "([{":
            depth += 1
        elif c in ")]}":
            depth -= 1
        elif c == separator and depth == 0:
            parts.append(text[last:i])
            last = i + 1
    parts.append(text[last:])
    return parts


def strings(text):
    """C++ string literals in a text, adjacent ones joined."""
    out, end = [], -1
    for found in re.finditer(r'"((?:[^"\\]|\\.)*)"', text):
        value = found.group(1).replace('\\"', '"')
        if end >= 0 and not text[end:found.start()].strip():
            out[-1] += value
        else:
            out.append(value)
        end = found.end()
    return out


def cell(text):
    """Text that may stand in a Markdown table."""
    return str(text).replace("|", "\\|").replace("\n", " ").strip()


def table(headers, rows):
    lines = ["| " + " | ".join(headers) + " |", "| " + " | ".join("---" for _ in headers) + " |"]
    lines += ["| " + " | ".join(cell(value) for value in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


# --- problems ---------------------------------------------------------------------------------------------------------

class ProblemType:
    def __init__(self, name, path, code, status, title, fix):
        self.name, self.path, self.code = name, path, code
        self.status, self.title, self.fix = int(status), title, fix


def problem_types():
    """Every `inline constexpr ProblemType` of the sources."""
    out = []
    for path in tracked("apps/*.h", "packages/*.h"):
        text = read(path)
        for match in re.finditer(r"inline constexpr ProblemType (\w+)\s*(?==?\s*\{)", text):
            body = balanced(text, text.index("{", match.end()))
            status = re.search(r'",\s*(\d{3}),', body)
            literals = strings(body)
            if not status or len(literals) != 3:
                stop(f"{path}: the problem type {match.group(1)} is not {{\"code\", status, \"title\", \"fix\"}}")
            out.append(ProblemType(match.group(1), path, literals[0], status.group(1), literals[1], literals[2]))
    return out


# --- routes -----------------------------------------------------------------------------------------------------------

def default_limit():
    return int(re.search(r"uint32_t per_minute = (\d+)", read("packages/starter_runtime/include/starter/http/route.h")).group(1))


def route_limits():
    """(METHOD, pattern) -> calls a minute, from the route tables; those without a limit of their own have the default,
    and probes, which answer any host, have none."""
    out = {}
    for path in tracked("apps/api-service/src/app/services/*/routes.cpp"):
        text = read(path)
        for match in re.finditer(r"\b(get|post|patch|put|delete_)<\w+>\(", text):
            row = balanced(text, match.end() - 1)
            pattern = strings(row)[0]
            limit = re.search(r"\.limit = \{(\d+)\}", row)
            probe = re.search(r"\.any_host = true", row)
            calls = "" if probe else int(limit.group(1)) if limit else default_limit()
            out[(match.group(1).rstrip("_").upper(), pattern)] = (calls, path)
    return out


# --- settings ---------------------------------------------------------------------------------------------------------

def settings_rows(readers=("api", "worker", "migrate")):
    """What these roles read, as the first of them reads it, from the contract's compiled table: dicts of its members."""
    types = {"integer": "integer", "boolean": "boolean", "url": "url", "mailbox": "mailbox", "choice": "choice", "csv": "list", "duration": "duration", "bytes": "bytes"}
    rows = []
    for entry in re.findall(r"(?ms)^    \{(\.name = .*?),\n     \.deliveries = ", read("packages/starter_contracts/src/tables.cpp")):
        row = {}
        for member in split_top(entry):
            name, _, value = member.strip().partition(" = ")
            literal = strings(value)
            row[name.lstrip(".")] = literal[0] if literal else value.strip()
        roles = set(row["roles"].split(" | "))
        if not row.get("since") or not roles & set(readers) or row.get("reading", readers[0]) != readers[0]:
            continue
        if "reading" in row:  # it stands behind the variable that it reads differently
            rows.pop()
        row["type"] = types.get(row.get("type", "").removeprefix("Type::"), "text")
        limits = [float(row.pop(limit)) for limit in ("min", "max")]
        if row["type"] == "integer" and limits[0] <= limits[1]:
            row["min"], row["max"] = (str(int(limit)) for limit in limits)
        elif row["type"] == "text" and limits[0] <= limits[1]:
            row["length"] = str(int(limits[0]))
        condition = row["condition"] = row.pop("required_when", "")
        if condition and not condition.startswith("hosted") and "fallback" not in row and roles & {"api", "worker"}:
            row["required_when"] = condition
            if condition != "always":
                row["required_reason"] = "when " + condition.replace('"', "").replace(" = ", " is ")
        rows.append(row)
    return rows


def settings_rules():
    """variable -> what is refused and the fix, in the order of the sources."""
    text = read("packages/starter_service/src/refusals.cpp")
    constants = dict(re.findall(r'constexpr std::string_view (k\w+) =\s*"(.*?)";', text, re.S))
    peppers = [row["name"] for row in settings_rows() if "values" in row]
    rules = {}
    for name in peppers:
        rules.setdefault(name, []).append((constants["kLength"], constants["kGenerate"], False))
    for row in settings_rows():
        if row.get("secret") == "true":
            what, fix = ("kKnownPassword", "kPassword") if row["type"] == "url" else ("kPlaceholder", "kGenerate" if row["name"] in peppers else "kOwn")
            rules.setdefault(row["name"], []).append((constants[what], constants[fix], True))
    body = balanced(text, text.index("{", text.index("constexpr Rule kRules[]")))
    for part in split_top(re.sub(r"(?m)^\s*//.*$", "", body[1:-1])):
        if not part.strip():
            continue
        members = split_top(part.strip()[1:-1])
        if len(members) != 5:
            stop(f"a rule of refusals.cpp has {len(members)} members: {part.strip()[:80]}")
        words = [strings(m)[0] if strings(m) else constants[m.strip()] for m in (members[0], members[2], members[3])]
        rules.setdefault(words[0], []).append((words[1], words[2], "is_hosted" in members[1]))
    return rules


# --- schema -----------------------------------------------------------------------------------------------------------

class Table:
    def __init__(self, name, about):
        self.name, self.about = name, about
        self.columns, self.constraints, self.policies, self.grants = [], [], [], []


def without_comments(sql):
    return re.sub(r"--[^\n]*", "", sql)


def schema():
    """Tables with columns, policies and grants, by reading the migrations in order.

    The migrations repeat statements over lists of tables (FOREACH ... EXECUTE format) and in
    protect_tenant_table(); both are unrolled here.
    """
    tables, templates = {}, {}
    for path in tracked("apps/api-service/migrations/*.sql"):
        text = read(path)
        for match in re.finditer(r"CREATE FUNCTION (\w+)\(name text\).*?AS \$\$(.*?)\$\$;", text, re.S):
            templates[match.group(1)] = re.findall(r"EXECUTE format\('(.*?)', name\)", match.group(2), re.S)
        read_tables(path, text, tables)
        statements = []
        for match in re.finditer(r"FOREACH t IN ARRAY ARRAY\[(.*?)\] LOOP(.*?)END LOOP", text, re.S):
            for name in re.findall(r"'(\w+)'", match.group(1)):
                for template in re.findall(r"EXECUTE format\('(.*?)', t\)", match.group(2), re.S):
                    statements.append(template.replace("%I", name))
        plain = re.sub(r"\$\$.*?\$\$", "", without_comments(text), flags=re.S)
        for statement in split_top(plain, ";"):
            statement = " ".join(statement.split())
            used = re.match(r"SELECT (\w+)\('(\w+)'\)$", statement)
            if used and used.group(1) in templates:
                statements += [t.replace("%I", used.group(2)) for t in templates[used.group(1)]]
            else:
                statements.append(statement)
        for statement in statements:
            apply_statement(path, statement, tables)
    return tables


def read_tables(path, text, tables):
    for match in re.finditer(r"((?:^--[^\n]*\n)*)^CREATE TABLE (?:IF NOT EXISTS )?(\w+) \(\n(.*?)\n\);", text, re.S | re.M):
        about = " ".join(line.lstrip("- ").strip() for line in match.group(1).splitlines() if "---" not in line)
        made = Table(match.group(2), about)
        lines = []
        for line in match.group(3).splitlines():
            code, _, comment = line.partition("--")
            lines.append((code.strip(), comment.strip()))
        pending, pending_comment = "", ""
        for code, comment in lines + [("", "")]:
            pending = (pending + " " + code).strip()
            pending_comment = (pending_comment + " " + comment).strip()
            complete = not code or (code.endswith(",") and pending.count("(") == pending.count(")"))
            if not pending or not complete:
                continue
            add_column(made, pending.rstrip(","), pending_comment)
            pending, pending_comment = "", ""
        tables[made.name] = made


def add_column(made, text, comment):
    if re.match(r"(PRIMARY|FOREIGN|UNIQUE|CHECK|CONSTRAINT|EXCLUDE)\b", text):
        made.constraints.append(text)
        return
    name, _, rest = text.partition(" ")
    kind = re.match(r"([\w \[\]]+?)(?= (?:NOT|NULL|PRIMARY|DEFAULT|REFERENCES|CONSTRAINT|UNIQUE|CHECK|GENERATED)\b|$)", rest)
    made.columns.append((name, kind.group(1), rest[kind.end():].strip(), comment))


IGNORED = re.compile(
    r"(CREATE (UNIQUE )?INDEX|CREATE (OR REPLACE )?FUNCTION|CREATE TYPE|CREATE TRIGGER|CREATE SCHEMA|CREATE TABLE|CREATE SEQUENCE|"
    r"ALTER FUNCTION|ALTER TYPE|ALTER DEFAULT PRIVILEGES|ALTER TABLE \w+ (ENABLE|FORCE) ROW LEVEL SECURITY|ALTER TABLE \w+ SET \(|REVOKE|DO|SELECT|COMMENT|INSERT|UPDATE|DROP FUNCTION|"
    r"DROP TRIGGER|DROP INDEX|GRANT (USAGE|EXECUTE)|GRANT \w+ TO)\b")


def apply_statement(path, statement, tables):
    if not statement:
        return
    policy = re.match(r"CREATE POLICY (\w+) ON (\w+)(?: FOR (\w+))? TO ([\w, ]+?)(?= USING| WITH CHECK|$)(.*)$", statement)
    if policy:
        name, target, command, roles, rest = policy.groups()
        using = re.search(r" USING (\(.*?\))(?= WITH CHECK|$)", rest)
        check = re.search(r" WITH CHECK (\(.*\))$", rest)
        entry = (name, command or "ALL", roles, clean(using), clean(check))
        tables[target].policies.append(entry)
        return
    dropped = re.match(r"DROP POLICY (?:IF EXISTS )?(\w+) ON (\w+)$", statement)
    if dropped:
        found = tables[dropped.group(2)]
        found.policies = [p for p in found.policies if p[0] != dropped.group(1)]
        return
    grant = re.match(r"GRANT (.+) ON ([\w, ]+) TO ([\w, ]+)$", statement)
    if grant and not re.match(r"(USAGE|EXECUTE|ALL)\b", grant.group(1)):
        for target in grant.group(2).split(", "):
            for role in grant.group(3).split(", "):
                if target in tables:
                    tables[target].grants.append((role, grant.group(1)))
        return
    revoked = re.match(r"REVOKE ([A-Z, ]+) ON (\w+) FROM (\w+)$", statement)
    if revoked and revoked.group(2) in tables:
        gone, found = revoked.group(1).split(", "), tables[revoked.group(2)]
        kept = [(role, grant if role != revoked.group(3) else ", ".join(w for w in split_top(grant) if w.strip() not in gone))
                for role, grant in found.grants]
        found.grants = [(role, grant.strip()) for role, grant in kept if grant.strip()]
        return
    added = re.match(r"ALTER TABLE (\w+) ((?:ADD COLUMN |ADD CONSTRAINT ).*)$", statement)
    if added:
        for part in split_top(added.group(2)):
            part = part.strip()
            if part.startswith("ADD COLUMN "):
                add_column(tables[added.group(1)], re.sub(r"^ADD COLUMN (IF NOT EXISTS )?", "", part), "")
            else:
                tables[added.group(1)].constraints.append(part.removeprefix("ADD "))
        return
    changed = re.match(r"ALTER TABLE (\w+) ALTER COLUMN (\w+) SET DEFAULT (.+)$", statement)
    if changed:
        target, column, default = changed.groups()
        tables[target].columns = [
            (name, kind, re.sub(r"DEFAULT \S+", lambda _: "DEFAULT " + default, rest) if name == column else rest, comment)
            for name, kind, rest, comment in tables[target].columns]
        return
    if not IGNORED.match(statement):
        stop(f"{path}: tools/docs/sources.py does not know how to read: {statement[:100]}")


def clean(match):
    if not match:
        return ""
    inner = match.group(1)[1:-1].strip()
    return inner


def entry_functions():
    """The SECURITY DEFINER functions that requests may call: name, arguments, first comment line."""
    out = []
    for path in tracked("apps/api-service/migrations/*.sql"):
        text = read(path)
        for match in re.finditer(r"((?:^--[^\n]*\n)+)CREATE (?:OR REPLACE )?FUNCTION entry\.(\w+)\((.*?)\)\s*RETURNS (.*?)(?= ?LANGUAGE|\nLANGUAGE)(.*?)AS \$\$",
                                 text, re.S | re.M):
            comment, name, arguments, returns, rest = match.groups()
            about = re.sub(r"^\d+\. ", "", " ".join(line.lstrip("- ").strip() for line in comment.splitlines()))
            if "SECURITY DEFINER" in rest:
                out.append((name, " ".join(arguments.split()), " ".join(returns.split()), about, path))
    return out
