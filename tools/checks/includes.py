#!/usr/bin/env python3
"""Fails on an #include that docs/architecture.md does not allow.

The rules are the tables under "Layers" of that page and nothing else: who reads the page reads what is enforced. A part
of the table is a folder; the longest folder that holds a file names its part. A file may include its own part and the
parts that its row names. Features may include each other only through the headers that the page names.

usage: includes.py [ROOT]   the repository to look at (this one)
"""

import pathlib
import re
import sys

PAGE = "docs/architecture.md"
FEATURES = "apps/api-service/src/app/services/"


class Rules:
    def __init__(self, page):
        section = re.search(r"(?ms)^## Layers\n(.*?)(?=^## |\Z)", page)
        if not section:
            sys.exit(f'{PAGE} has no heading "Layers".')
        text = section.group(1)
        self.folders, self.allowed = {}, {}
        for part, folder, arrows in self.rows(text, "Part"):
            self.folders[folder] = part
            self.allowed[part] = set(re.findall(r"[\w.]+", arrows)) - {"nothing"}
        self.modules = {module: set(re.findall(r"[\w.]+", arrows)) - {"nothing"} for module, arrows in self.rows(text, "Module")}
        self.faces = {face for face, _ in self.rows(text, "Header")}
        self.exceptions = {(a, b) for a, b, _ in self.rows(text, "File")}
        self.hidden = [library for library, _ in self.rows(text, "Library")]
        if not (self.folders and self.modules and self.faces):
            sys.exit(f'{PAGE}, "Layers": a table of rules is missing.')

    @staticmethod
    def rows(text, first):
        """The rows of the table whose first header is `first`, without the code quotes."""
        table = re.search(rf"(?m)^\| {first} \|.*\n\|[ |-]+\n((?:\|.*\n?)*)", text)
        for line in (table.group(1) if table else "").splitlines():
            yield tuple(cell.strip().replace("`", "") for cell in line.strip().strip("|").split("|"))

    def part_of(self, path):
        folders = [folder for folder in self.folders if path.startswith(folder + "/")]
        return self.folders[max(folders, key=len)] if folders else None


def module_of(path):
    found = re.match(r"packages/starter_runtime/(?:include/starter|src)/(\w+)/", path)
    return found.group(1) if found else None


def feature_of(path):
    found = re.match(re.escape(FEATURES) + r"(\w+)/", path)
    return found.group(1) if found else None


def target_of(root, path, quoted):
    """The file that `#include "quoted"` in `path` means, from the root; None when it is none of ours."""
    folders = [pathlib.PurePosixPath(path).parent]
    for entry in sorted(root.glob("packages/*")) + sorted(root.glob("apps/*")):
        name = entry.relative_to(root)
        folders += [name / "include", name / "src", name / "testing/include", name / "tests", name]
    own = [folder for folder in folders if str(folder).split("/")[:2] == path.split("/")[:2]]
    for folder in own + folders:
        if (root / folder / quoted).is_file():
            return str(folder / quoted)
    return None


def wrong_arrow(rules, path, target):
    """Why `path` may not include `target`, or None."""
    source_part, target_part = rules.part_of(path), rules.part_of(target)
    if source_part is None or target_part is None:
        return f"the page names no part for {path if source_part is None else target}"
    if (path, target) in rules.exceptions:
        return None
    if source_part != target_part and target_part not in rules.allowed[source_part]:
        return f"{source_part} may not include {target_part}"
    feature = feature_of(target)
    from_elsewhere = feature_of(path) != feature and source_part != "application"
    if feature and from_elsewhere and pathlib.PurePosixPath(target).name not in rules.faces:
        return f"the feature {feature} shows {', '.join(sorted(rules.faces))} and nothing else"
    source_module, target_module = module_of(path), module_of(target)
    if source_module and target_module and source_module != target_module:
        if source_module not in rules.modules or target_module not in rules.modules:
            return f"the page does not name the module {source_module if source_module not in rules.modules else target_module}"
        if target_module not in rules.modules[source_module]:
            return f"in the runtime, {source_module} may not include {target_module}"
    return None


def examine(root):
    """Sentences about every wrong include, and the number of those that were looked at."""
    rules = Rules((root / PAGE).read_text(encoding="utf-8"))
    wrong, looked_at, used = [], 0, set()
    for folder in ("packages", "apps"):
        for file in sorted(list((root / folder).rglob("*.cpp")) + list((root / folder).rglob("*.h"))):
            path = str(file.relative_to(root))
            if "node_modules" in path:
                continue
            for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
                found = re.match(r'\s*#\s*include\s*(["<])([^">]+)[">]', line)
                if not found:
                    continue
                looked_at += 1
                if found.group(1) == "<":
                    if feature_of(path) and any(found.group(2).startswith(library) for library in rules.hidden):
                        wrong.append(f"{path}:{number}: a feature knows nothing of <{found.group(2)}>")
                    continue
                target = target_of(root, path, found.group(2))
                if target is None:
                    wrong.append(f'{path}:{number}: "{found.group(2)}" is no file of this repository')
                    continue
                used.add((path, target))
                reason = wrong_arrow(rules, path, target)
                if reason:
                    wrong.append(f"{path}:{number}: {reason} ({target})")
    for path, target in sorted(rules.exceptions - used):
        wrong.append(f"{PAGE}: the exception {path} -> {target} is not needed any more; remove its row")
    return wrong, looked_at


def main():
    root = pathlib.Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parents[2]
    wrong, looked_at = examine(root)
    if wrong:
        print("\n".join(wrong))
        print(f'{len(wrong)} of {looked_at} includes are not allowed by {PAGE}, "Layers".')
        sys.exit(1)
    print(f"{looked_at} includes, all allowed")


if __name__ == "__main__":
    main()
