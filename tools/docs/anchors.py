#!/usr/bin/env python3
"""Keeps links to lines right.

A link such as [`refresh_once`](../apps/.../refresh.cpp#L77) says by its label what stands on that line. This script sets
the number to the first line of the file that holds the label, so a link follows its code; a label that is found nowhere
stops it. With --check it changes nothing and fails when a number is wrong.
"""

import re
import sys

import markdown
from sources import ROOT, read

LINE_LINK = re.compile(r"\[`([^`]+)`\]\(([^()\s#]*(?:\([^()\s]*\)[^()\s#]*)*)#L(\d+)\)")


def line_of(page, label, target):
    file = markdown.resolve(page, target)
    if not file.is_file():
        return None, f"{page}: {target} is no file"
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if label in line:
            return number, None
    return None, f"{page}: {file.relative_to(ROOT)} has no line with {label!r}"


def anchored(page, text, errors):
    def fix(match):
        label, target, number = match.groups()
        found, error = line_of(page, label, target)
        if error:
            errors.append(error)
            return match.group(0)
        return f"[`{label}`]({target}#L{found})"
    return LINE_LINK.sub(fix, text)


def main():
    check = "--check" in sys.argv[1:]
    errors = []
    for page in markdown.pages():
        before = read(page)
        after = anchored(page, before, errors)
        if after == before:
            continue
        if check:
            errors.append(f"{page}: a link points at another line than the one it names; run ./dev gen")
        else:
            (ROOT / page).write_text(after, encoding="utf-8")
    if errors:
        sys.exit("\n".join(errors))


if __name__ == "__main__":
    main()
