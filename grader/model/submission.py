"""What a student handed in: its cells, its prose, and where a place in it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenStatement:
    """A statement that Python cannot read, and that was left out so that the rest can run.

    ``line`` counts as in a Location. ``text`` says the cause, in words; ``binds`` are the names that the statement
    would have bound, as far as can be seen.
    """

    line: int
    text: str
    binds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One code cell of a notebook, one ``# %%`` cell of a script (a script without such marks is one cell), or one
    piece of code in notes.

    ``number`` counts code cells from 1, as a reader of the notebook would; None in notes, and for a script without
    ``# %%``. ``source`` is what the student wrote, ``code`` the plain Python that it means (magics and shell escapes
    resolved by IPython, prompts and what is broken left out), line for line the same lines: line ``n`` of ``code`` is
    line ``n`` of ``source``. ``first_line`` is the line in the file of the cell's first line: 1 in a notebook, the
    real line elsewhere.
    """

    number: int | None
    source: str
    code: str
    first_line: int = 1
    headings: tuple[str, ...] = ()
    """Texts that say what the cell is about: headings above it (nearest first), its ``# %%`` title, its tags."""
    quiet: bool = False
    """A trailing ``;``: the last expression's value is not displayed."""
    notes: tuple[str, ...] = ()
    """What will not run here, in words: "`!pip install torch` does nothing here"."""
    flaws: tuple[BrokenStatement, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Prose:
    """Text between the code: a Markdown cell, or the text under one heading of it, without the heading.

    ``headings`` are those above it, nearest first, as for a Cell; ``after`` is the number of code cells before it.
    """

    text: str
    headings: tuple[str, ...] = ()
    after: int = 0


class CompanionFile(NamedTuple):
    """A file that lies in the folder where a submission runs, by its path from there."""

    path: str
    content: bytes


Format = Literal["ipynb", "py", "md"]
"""A notebook, a script, or notes in Markdown or plain text. Notes run as notebooks do, cell by cell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """What was handed in. ``path`` is as the user gave it; ``-`` for standard input.

    ``companions`` are the files that lie in the folder where it runs.
    """

    path: str
    format: Format
    sha256: str
    cells: tuple[Cell, ...]
    prose: tuple[Prose, ...] = ()
    companions: tuple[CompanionFile, ...] = ()

    def source_line(self, location: Location) -> str | None:
        """The student's own line at a location, without its line end; None where there is none."""
        for cell in self.cells:
            lines = cell.source.split("\n")  # form feeds and their like end no line of code
            index = location.line - cell.first_line
            if cell.number == location.cell and 0 <= index < len(lines):
                return lines[index]
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """Where in a submission: the cell's number (None in notes, and in a script without cells) and the line.

    Lines count from 1, within the cell in a notebook, within the file elsewhere.
    """

    cell: int | None
    line: int

    def in_words(self) -> str:
        """``cell 3, line 2``, or ``line 17`` without a cell."""
        line = f"line {self.line}"
        return line if self.cell is None else f"cell {self.cell}, {line}"
