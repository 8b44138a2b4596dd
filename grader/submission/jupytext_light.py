"""Scripts in Jupytext's light format: cells without marks, Markdown as comments. Jupytext itself says which are which.

It is an optional extra: without it such a script is read as any other, and a note says what to install. Its header is
left out of what Jupytext reads: that is YAML, which a few lines can make enormous.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

FORMATS = ("light", "nomarker")
INSTALL = "pip install 'autograd-grader[notes]'"
_HEADER = re.compile(r"(?:#.*\n)*?# ---[ \t]*\n(?P<yaml>(?:#.*\n)*?)# ---[ \t]*\n")
_FORMAT = re.compile(r"#\s+format_name:\s*(?P<name>\w+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class LightCell:
    """Code (lines as in the file, from ``first_line`` on) or Markdown."""

    kind: Literal["code", "markdown"]
    text: str
    first_line: int = 0
    titles: tuple[str, ...] = ()


def is_light(source: str) -> bool:
    """Whether a script says of itself that it is in this format."""
    header = _HEADER.match(source)
    stated = _FORMAT.search(header["yaml"]) if header else None
    return stated is not None and stated["name"] in FORMATS


def cells(source: str) -> tuple[LightCell, ...] | None:
    """The cells of a light script (lines end in ``\\n``); None where Jupytext cannot tell.

    Raises ImportError where Jupytext is not installed.
    """
    import jupytext

    header = _HEADER.match(source)
    body = source[header.end() :] if header else source
    try:
        notebook = jupytext.reads(body, {"extension": ".py", "format_name": "light"})
        found = [(cell.cell_type, cell.source, cell.metadata.get("tags")) for cell in notebook.cells]
    except Exception:  # whatever trips it over a student's file, the file is a script all the same
        return None
    return _in_place(found, source.split("\n"), source.count("\n") - body.count("\n"))


def _in_place(
    found: Sequence[tuple[str, str, object]], lines: Sequence[str], start: int
) -> tuple[LightCell, ...] | None:
    """The cells with their places in the file; None where one is not there."""
    placed = []
    position = start
    for kind, text, tags in found:
        if kind != "code":
            placed.append(LightCell(kind="markdown", text=text))
            continue
        wanted = [_bare(line) for line in text.split("\n")]
        places = range(position, len(lines) - len(wanted) + 1)
        first = next((n for n in places if all(_bare(lines[n + k]) == line for k, line in enumerate(wanted))), None)
        if first is None:
            return None
        position = first + len(wanted)
        titles = tuple(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else ()
        code = "\n".join(lines[first:position])
        placed.append(LightCell(kind="code", text=code, first_line=first + 1, titles=titles))
    return tuple(placed)


def _bare(line: str) -> str:
    """A line without the sign that comments out a magic in the file and not in the cell."""
    return line.strip().lstrip("#").strip()
