"""Scripts in Jupytext's light format: cells without markers between them, and Markdown as comments.

Jupytext itself splits them into cells. It is an optional dependency: without it, the script is read as a plain script,
and a note says what to install. Jupytext does not get the script's header, because the header is YAML, in which a few
lines can expand to an enormous value.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

FORMATS = ("light", "nomarker")
INSTALL_COMMAND = "pip install 'autograd-grader[notes]'"
_HEADER = re.compile(r"(?:#.*\n)*?# ---[ \t]*\n(?P<yaml>(?:#.*\n)*?)# ---[ \t]*\n")
_FORMAT = re.compile(r"#\s+format_name:\s*(?P<name>\w+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class LightCell:
    """A cell of a light script."""

    kind: Literal["code", "markdown"]
    text: str
    """Of a code cell, the lines as they stand in the file."""
    first_line: int = 0
    """Of a code cell, its first line in the file, from 1."""
    titles: tuple[str, ...] = ()


def is_light(source: str) -> bool:
    """Whether the script's header states this format."""
    header = _HEADER.match(source)
    stated = _FORMAT.search(header["yaml"]) if header else None
    return stated is not None and stated["name"] in FORMATS


def cells(source: str) -> tuple[LightCell, ...] | None:
    r"""The cells of a light script (lines end in ``\n``); None if Jupytext cannot read it.

    Raises ImportError if Jupytext is not installed.
    """
    import jupytext

    header = _HEADER.match(source)
    body = source[header.end() :] if header else source
    try:
        notebook = jupytext.reads(body, {"extension": ".py", "format_name": "light"})
        found = [(cell.cell_type, cell.source, cell.metadata.get("tags")) for cell in notebook.cells]
    except Exception:  # Jupytext may fail in any way on a broken file; it is then read as a plain script
        return None
    return _in_place(found, source.split("\n"), source.count("\n") - body.count("\n"))


def _in_place(
    found: Sequence[tuple[str, str, object]], lines: Sequence[str], start: int
) -> tuple[LightCell, ...] | None:
    """The cells, located in the file by their text; None if one is not found there."""
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
    """A line without the ``#`` that Jupytext puts before a magic in the file."""
    return line.strip().lstrip("#").strip()
