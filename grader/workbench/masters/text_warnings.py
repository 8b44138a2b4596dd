"""What instructors are warned about in the text cells of a master: solutions that go out, pictures that do not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from grader.errors import Mistake
from grader.text import shorten
from grader.workbench.masters.master_file import MasterCell
from grader.workbench.masters.near_markers import find_solution_headings

_ATTACHED = re.compile(r"""[("' ]attachment:([^)"'\s]+)""")

GivenCell = tuple[MasterCell, str | None, bool]
"""A cell, what students get of it (None: nothing), and whether a solution in it is marked."""


def find_text_warnings(cells: Sequence[GivenCell]) -> Iterator[Mistake]:
    for position, (cell, given, has_solution) in enumerate(cells):
        if cell.kind == "code" or given is None:
            continue
        lines = given.split("\n")
        if not has_solution:
            below = cells[position + 1] if position + 1 < len(cells) else None
            for line, text in find_solution_headings(given):
                is_last = text.startswith("#") and not any(each.strip() for each in lines[line:])
                if not (is_last and (below is None or below[2])):
                    words = (
                        f"students get what `{shorten(text, 60)}` says and what follows it; give the cells with the "
                        "solution the tag `solution`, or put ### BEGIN SOLUTION and ### END SOLUTION around it"
                    )
                    yield cell.mistake(line, words)
                    break
        for number, each in enumerate(cell.source.split("\n"), 1):
            if (picture := _ATTACHED.search(each)) and picture[0] in given:
                words = f"the picture `{shorten(picture[1], 60)}` is attached to the cell, and students do not get it; "
                yield cell.mistake(number, f"{words}link to a file or an address")
