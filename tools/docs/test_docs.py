#!/usr/bin/env python3
"""What the documentation says exists: links, lines, commands, headings that sources refer to. TAP on standard output."""

import json
import pathlib
import re
import subprocess
import sys
import tempfile

import anchors
import markdown
import sources
import tap
from sources import ROOT, read, tracked

# Made elsewhere from the running product; a page may show it before the file is there.
PICTURES = {"docs/images/dashboard.png"}


def test_every_relative_link_resolves():
    wrong = []
    for page in markdown.pages():
        for line, _, target, _ in markdown.links(page):
            if re.match(r"[a-z]+:", target):
                continue
            path, _, anchor = target.partition("#")
            file = markdown.resolve(page, path) if path else ROOT / page
            name = str(file.relative_to(ROOT)) if file.is_relative_to(ROOT) else str(file)
            if not file.exists():
                if name not in PICTURES:
                    wrong.append(f"{page}:{line}: {target} is not there")
            elif anchor and file.suffix == ".md" and anchor not in map(markdown.slug, markdown.headings(name)):
                wrong.append(f"{page}:{line}: {name} has no heading #{anchor}")
    tap.none(wrong)


def test_every_link_to_a_line_names_what_stands_there():
    wrong = []
    for page in markdown.pages():
        text = read(page)
        if anchors.anchored(page, text, wrong) != text:
            wrong.append(f"{page}: a link points at another line than the one it names; run ./dev gen")
        for line, label, target, _ in markdown.links(page):
            if re.search(r"#L\d+$", target) and not re.fullmatch(r"`[^`]+`", label):
                wrong.append(f"{page}:{line}: a link to a line is labelled with what stands there, in backquotes")
    tap.none(wrong)


def test_every_page_is_in_the_index():
    index = {str(markdown.resolve("docs/README.md", target).relative_to(ROOT)) for _, _, target, _ in markdown.links("docs/README.md")}
    decisions = {str(markdown.resolve("docs/decisions/README.md", target).relative_to(ROOT))
                 for _, _, target, _ in markdown.links("docs/decisions/README.md")}
    tap.none([f"{page} is in no index" for page in tracked("docs/*.md")
              if page not in index | decisions | {"docs/README.md"}])


# --- commands ---------------------------------------------------------------------------------------------------------

def verbs():
    """Verb -> its usage line, of ./dev and starter-console."""
    out = {}
    for line in re.findall(r"^- `(.*?)`:", read("packages/starter_console/reference/llms.txt"), re.M):
        program, *words = line.split()
        name = []
        for word in words:
            if not re.fullmatch(r"[a-z-]+", word):
                break
            name.append(word)
        out[(program, " ".join(name))] = line
    return out


def scripted_commands(page):
    for language, body, line in markdown.fences(read(page)):
        if language not in ("bash", "sh"):
            continue
        for offset, command in enumerate(body.replace("\\\n", "  ").splitlines(), 1):
            yield line + offset, command.split("  #")[0].split(" # ")[0].strip()


def wrong_command(command, known):
    program, *words = re.sub(r"^([A-Z_]+=\S* )+", "", command).split()
    program = program.rsplit("/", 1)[-1] if program.endswith("starter-console") else program
    if program not in ("./dev", "starter-console"):
        return None
    for length in (3, 2, 1):
        name = " ".join(words[:length])
        if (program, name) in known:
            return wrong_flags(f"{program} {name}", [w.split("=")[0] for w in words if w.startswith("--")])
    return f"there is no {program} {' '.join(words[:1])}"


def wrong_flags(command, flags):
    """What the command's own help does not name; ./dev itself takes two more."""
    reference = read("packages/starter_console/reference/console.md")
    told = reference.split(f"\n## {command}\n", 1)[1].split("\n## ", 1)[0]
    own = ["--yes", "--no-install"] if command.startswith("./dev") else []
    unknown = [flag for flag in flags if flag not in own and not re.search(rf"(^|[ ,]){re.escape(flag)}\b", told, re.M)]
    return f"it takes no {', '.join(unknown)}" if unknown else None


def test_every_command_in_a_fenced_block_exists():
    known, wrong = verbs(), []
    for page in markdown.pages():
        for line, command in scripted_commands(page):
            reason = wrong_command(command, known) if command else None
            if reason:
                wrong.append(f"{page}:{line}: {command}: {reason}")
    tap.none(wrong)


def test_every_command_in_running_text_exists():
    known, wrong = verbs(), []
    for page in markdown.pages():
        for command in re.findall(r"`((?:\./dev|starter-console) [a-z][^`]*)`", markdown.without_fences(read(page))):
            reason = wrong_command(command.split(" [")[0], known)
            if reason:
                wrong.append(f"{page}: {command}: {reason}")
    tap.none(wrong)


def test_fenced_blocks_are_well_formed():
    wrong = []
    for page in markdown.pages():
        for language, body, line in markdown.fences(read(page)):
            if language == "json":
                try:
                    json.loads(body)
                except ValueError as error:
                    wrong.append(f"{page}:{line}: {error}")
            elif language in ("bash", "sh"):
                checked = subprocess.run(["bash", "-n"], input=body, text=True, capture_output=True)
                if checked.returncode:
                    wrong.append(f"{page}:{line}: {checked.stderr.strip()}")
            elif not language:
                wrong.append(f"{page}:{line}: a fenced block without a language")
    tap.none(wrong)


def test_paths_in_text_exist():
    """`apps/...`, `packages/...`, `tools/...`, `docs/...` in backquotes are files or folders."""
    made_by_the_reader = re.compile(r"/(NAME|notes)(/|$)")
    places_held_free = {"packages/starter_contracts", "packages/starter_providers"}
    wrong = []
    for page in markdown.pages():
        for path in re.findall(r"`((?:apps|packages|tools|docs)/[\w./\[\]-]+)`", markdown.without_fences(read(page))):
            clean = path.rstrip("/.")
            if not made_by_the_reader.search(clean) and clean not in places_held_free and not (ROOT / clean).exists():
                wrong.append(f"{page}: `{path}` is not there")
    tap.none(wrong)


def test_a_command_that_does_not_exist_is_found():
    known = verbs()
    assert wrong_command("./dev frobnicate", known) and wrong_command("./dev up --sideways", known)
    assert wrong_command("./dev down --follow", known), "a flag of another command"
    assert wrong_command("A=b starter-console auth keys forge", known)
    assert not wrong_command("A=b starter-console auth keys rotate --dry-run", known)
    assert not wrong_command("./dev db psql --json", known) and not wrong_command("starter-console verify https://a --api https://b", known)


# --- the editor and the container -------------------------------------------------------------------------------------

def built_programs():
    """Path below build/everyday of each program that a CMakeLists.txt makes."""
    return {f"{pathlib.Path(page).parent}/{name}" for page in tracked("apps/*CMakeLists.txt", "packages/*CMakeLists.txt")
            for name in re.findall(r"(?m)^\s*(?:add_executable|starter_tests)\((\S+)", read(page))}


def wrong_path(path, programs):
    """Of launch.json: a program of the build, an environment file that ./dev writes, a web package's, a folder here."""
    path = path.removeprefix("${workspaceFolder}").lstrip("/")
    if path.startswith("build/everyday/"):
        name = path.removeprefix("build/everyday/")
        return None if name in programs else f"nothing builds {name}"
    if path.startswith("var/dev/env/"):
        written = re.findall(r'folder / "(\w+\.env)"', read("packages/starter_console/src/dev/settings.cpp"))
        return None if pathlib.Path(path).name in written else f"./dev writes no {path}"
    if "/node_modules/.bin/" in path:
        folder, _, name = path.partition("/node_modules/.bin/")
        return None if name in json.loads(read(f"{folder}/package.json"))["dependencies"] else f"{folder} has no {name}"
    return None if path == "var/dev" or (ROOT / path).exists() else f"{path} is not there"


def wrong_shell(line, known):
    """The commands of ./dev in a line, and the parts of the stack that it picks."""
    facts = read("packages/starter_console/src/dev/parts.cpp").split("part_facts(", 1)[1].split("\n}\n", 1)[0]
    parts = re.findall(r'\{"([a-z-]+)",', facts)
    wrong = [wrong_command(command.strip(), known) for command in re.findall(r"\./dev [^;|&)\"]+", line)]
    return [one for one in wrong if one] + [f"the stack has no part {name}" for name in re.findall(r"\bparts\.([\w-]+)", line) if name not in parts]


def test_what_the_editor_starts_exists():
    launch, tasks = (json.loads(read(f".vscode/{name}.json")) for name in ("launch", "tasks"))
    known, programs, wrong = verbs(), built_programs(), []
    labels = [task["label"] for task in tasks["tasks"]]
    for one in launch["configurations"]:
        paths = [one[key] for key in ("program", "cwd", "envFile", "runtimeExecutable") if key in one and "${input:" not in one[key]]
        wrong += [f"{one['name']}: {reason}" for path in paths if (reason := wrong_path(path, programs))]
        if one.get("preLaunchTask", labels[0]) not in labels:
            wrong.append(f"{one['name']}: there is no task {one['preLaunchTask']}")
    for task in tasks["tasks"]:
        wrong += [f"{task['label']}: {reason}" for reason in wrong_shell(task["command"], known)]
    tap.none(wrong)
    offered = next(one["options"] for one in launch["inputs"] if one["id"] == "suite")
    suites = re.findall(r"command: \[build/everyday/(\S+)\]", read("tools/suites.yaml"))
    assert sorted(suites) == offered, f"launch.json offers {offered}, tools/suites.yaml has {sorted(suites)}"


def test_what_the_container_starts_exists():
    container = json.loads(read(".devcontainer/devcontainer.json"))
    docker = read(f".devcontainer/{container['build']['dockerfile']}")
    tap.none(wrong_shell(container["postCreateCommand"], verbs()))
    assert f"--shell /bin/bash {container['remoteUser']}" in docker, "the user of the container is not made"
    system = re.search(r"^FROM (\S+)", docker, re.M).group(1)
    assert re.search(rf"^    {system}\)", read("dev"), re.M), f"./dev sets up no {system}"
    offsets = dict(re.findall(r"int (\w+)\(\) const \{ return base(?: \+ (\d+))?; \}", read("packages/starter_console/src/dev/workspace.h")))
    ports = [3000 + int(offsets[part] or 0) for part in ("web", "api", "mail")]
    assert container["forwardPorts"] == ports and list(map(int, container["portsAttributes"])) == ports, ports
    recommended = json.loads(read(".vscode/extensions.json"))["recommendations"]
    tap.none([f"{one} is not among the recommended extensions" for one in container["customizations"]["vscode"]["extensions"]
              if one not in recommended])


def test_what_does_not_exist_is_found_in_the_editors_files():
    programs, known = built_programs(), verbs()
    assert wrong_path("${workspaceFolder}/build/everyday/apps/api-service/starter-apy", programs)
    assert wrong_path("${workspaceFolder}/var/dev/env/mail.env", programs)
    assert wrong_path("${workspaceFolder}/apps/web-app/node_modules/.bin/nuxt", programs)
    assert wrong_path("${workspaceFolder}/apps/web", programs)
    assert wrong_shell("kill $(./dev status --field parts.3.pid)", known), "a part by its position"
    assert wrong_shell("./dev up && ./dev frobnicate", known)
    assert not wrong_shell('pid=$(./dev status --field parts.web.pid); [ "$pid" ]', known)


# --- what sources say about the docs ----------------------------------------------------------------------------------

def test_every_page_that_sources_refer_to_exists():
    wrong = []
    for path in tracked("apps/*", "packages/*", "tools/*", "dev", "CMakeLists.txt"):
        if path.endswith((".png", ".json", ".woff2", ".svg", ".ico")) or "/reference/" in path or "/fuzz/corpus/" in path:
            continue
        for page in re.findall(r"\bdocs/[\w/-]+\.md\b", read(path)):
            if not (ROOT / page).is_file():
                wrong.append(f"{path}: {page} is not there")
    tap.none(sorted(set(wrong)))


def test_every_heading_that_sources_refer_to_exists():
    wrong = []
    for path in tracked("apps/*.cpp", "apps/*.h", "apps/*.sql", "apps/*.ts", "apps/*.tsx", "packages/*.cpp", "packages/*.h"):
        for page, heading in re.findall(r'(docs/[\w/-]+\.md), "([^"]+)"', read(path)):
            if heading not in markdown.headings(page):
                wrong.append(f'{path}: {page} has no heading "{heading}"')
    tap.none(wrong)


def test_the_sections_that_the_architecture_promises_are_there():
    headings = markdown.headings("docs/architecture.md")
    tap.none([f"no heading {name}" for name in ("Layers", "Refresh", "Revocation", "Row-level security", "Queue", "Audit")
              if name not in headings])


# --- words ------------------------------------------------------------------------------------------------------------

# Split, because this file is searched too.
UNFINISHED = ["TO" "DO", "FIX" "ME", "X" "XX", "TB" "D", "coming " "soon", "for n" "ow", "not y" "et implemented", "work in " "progress"]
MARKETING = ["blazing", "seamless", "world-class", "cutting-edge", "effortless", "best-in-class", "game-chang", "supercharge",
             "enterprise-grade", "state-of-the-art", "leverage", "robust"]


def test_no_page_promises_work_or_praises_itself():
    wrong = []
    for page in markdown.pages() + ["NOTICE"]:
        text = markdown.without_fences(read(page))
        for word in UNFINISHED:
            flags = 0 if word.isupper() else re.I
            if re.search(rf"\b{re.escape(word)}\b", text, flags):
                wrong.append(f"{page}: says {word!r}")
        for word in MARKETING:
            if re.search(rf"\b{re.escape(word)}", text, re.I):
                wrong.append(f"{page}: says {word!r}")
    tap.none(wrong)


def test_decisions_are_numbered_and_have_the_three_parts():
    wrong = []
    pages = tracked("docs/decisions/[0-9]*.md")
    for number, page in enumerate(pages, 1):
        if not pathlib.Path(page).name.startswith(f"{number:04d}-"):
            wrong.append(f"{page}: the next number is {number:04d}")
        if markdown.headings(page)[1:] != ["Context", "Decision", "Consequences"]:
            wrong.append(f"{page}: the headings are Context, Decision, Consequences")
        if not markdown.headings(page)[0].startswith(f"{number}. "):
            wrong.append(f"{page}: the title starts with {number}.")
    tap.none(wrong)


def test_the_readme_fits_a_screen_and_has_two_commands_first():
    text = read("README.md")
    first = markdown.fences(text)[0][1]
    assert [line.split("  ")[0] for line in first.strip().splitlines()] == ["./dev up", "./dev test"], first
    assert len(text.splitlines()) <= 60, f"{len(text.splitlines())} lines"


# --- generators -------------------------------------------------------------------------------------------------------

def test_the_reference_is_what_the_generator_writes():
    pages = tracked("docs/reference/*.md")
    before = {page: read(page) for page in pages}
    subprocess.run([sys.executable, str(ROOT / "tools/docs/reference.py")], check=True)
    after = {page: read(page) for page in tracked("docs/reference/*.md")}
    for page, text in before.items():
        (ROOT / page).write_text(text, encoding="utf-8")
    tap.none([f"{page} is stale; run ./dev gen" for page in after if after[page] != before.get(page)])


def test_the_reference_holds_every_route_setting_and_table():
    routes, tables, environment = (read(f"docs/reference/{n}.md") for n in ("routes", "tables", "environment"))
    api = json.loads(read("apps/web-app/openapi.json"))
    wrong = [f"routes.md lacks {path}" for path in api["paths"] if f"`{path}`" not in routes]
    created = set(re.findall(r"(?m)^CREATE TABLE (?:IF NOT EXISTS )?(\w+)", "".join(read(p) for p in tracked("apps/api-service/migrations/*.sql"))))
    wrong += [f"tables.md lacks {name}" for name in created if f"\n## {name}\n" not in tables]
    declared = set(re.findall(r'\bv\.\w+\("([A-Z_]+)"\)', read("apps/api-service/src/app/settings.cpp")))
    assert len(declared) > 30, "the names in load_settings() are not found any more"
    wrong += [f"environment.md lacks {name}" for name in declared if f"| `{name}`" not in environment]
    policies = sum(len(one.policies) for one in sources.schema().values())
    written = "".join(read(p) for p in tracked("apps/api-service/migrations/*.sql"))
    assert policies >= written.count("\nCREATE POLICY"), "the reader of the migrations lost policies"
    tap.none(wrong)


def test_a_moved_line_is_found_again():
    with tempfile.TemporaryDirectory(dir=ROOT / "docs") as folder:
        name = pathlib.Path(folder).name
        (pathlib.Path(folder) / "code.h").write_text("one\ntwo\nthree\nfour[] = {\n", encoding="utf-8")
        errors = []
        text = anchors.anchored(f"docs/{name}/page.md", "[`three`](code.h#L1), [`four[]`](code.h#L1) and [`gone`](code.h#L2)", errors)
        assert text == "[`three`](code.h#L3), [`four[]`](code.h#L4) and [`gone`](code.h#L2)", text
        assert len(errors) == 1 and "gone" in errors[0], errors


if __name__ == "__main__":
    tap.run(sys.modules[__name__])
