"""Reading Markdown as far as the tests need it: files, headings, links, fenced blocks."""

import re

from sources import ROOT, read, tracked


def pages():
    return [path for path in tracked("*.md") if not path.startswith("packages/starter_console/reference/")]


def without_fences(text):
    """The text with fenced blocks blanked, so that line numbers stay."""
    return re.sub(r"(?ms)^(```|~~~).*?^\1[ \t]*$", lambda m: re.sub(r"[^\n]", "", m.group(0)), text)


def fences(text):
    """(language, body, line) of each fenced block."""
    return [(m.group(1).strip(), m.group(2), text[:m.start()].count("\n") + 1)
            for m in re.finditer(r"(?ms)^```([^\n]*)\n(.*?)^```[ \t]*$", text)]


LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^()\s]*(?:\([^()\s]*\)[^()\s]*)*)\)")


def links(path):
    """(line, label, target) of each link and image outside code."""
    text = without_fences(read(path))
    for number, line in enumerate(text.splitlines(), 1):
        for match in LINK.finditer(line):
            yield number, match.group(2), match.group(3), bool(match.group(1))


def slug(heading):
    """GitHub's anchor of a heading."""
    plain = re.sub(r"[`*]|\[([^\]]*)\]\([^)]*\)", lambda m: m.group(1) or "", heading.strip()).lower()
    return re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")


def headings(path):
    return [m.group(2).strip() for m in re.finditer(r"(?m)^(#+) (.+)$", without_fences(read(path)))]


def resolve(path, target):
    """A link's target as a path from the root."""
    base = (ROOT / path).parent
    return (base / target).resolve()
