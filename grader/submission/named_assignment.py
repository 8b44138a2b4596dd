"""The first line of a script that names its assignment, as the metadata of a notebook does."""

from __future__ import annotations

import re

from grader.text_bounds import TITLE, bounded

_LINE = re.compile(r"#[ \t]*grader\.assignment:[ \t]*(?P<id>[^\s].*?)[ \t]*$")
LINES = 3
"""It may stand below a line for the shell and one for the encoding."""


def naming_line(assignment: str) -> str:
    return f"# grader.assignment: {assignment}"


def named_assignment(source: str) -> tuple[str, str]:
    """The id of the assignment that a script names, empty if it names none; and the script without that line's text."""
    lines = source.split("\n", LINES)
    for index, line in enumerate(lines[:LINES]):
        if found := _LINE.match(line):
            lines[index] = ""
            return bounded(found["id"], TITLE), "\n".join(lines)
        if not line.startswith("#") and line.strip():
            break
    return "", source
