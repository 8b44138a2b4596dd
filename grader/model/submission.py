"""What a student handed in: code cells, prose, and locations in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenStatement:
    """A statement that Python cannot parse or compile. It is left out, so that the rest of its cell can run."""

    line: int
    """The first line that was left out; counts as in a Location."""
    text: str
    """The cause, as sentences for the student."""
    binds: tuple[str, ...] = ()
    """Names that the statement would have assigned, as far as its text shows. Their values are unknown from here on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A piece of code that runs as a unit: a code cell of a notebook, a ``# %%`` cell of a script (or the whole script,
    if it has no such markers), or a piece of code in notes.
    """

    number: int | None
    """Counts the code cells from 1, as a reader does; None in notes and for a script without ``# %%`` markers."""
    source: str
    """What the student wrote. Lines end in ``\\n``."""
    code: str
    """``source`` as plain Python: magics and shell escapes translated, prompts and broken statements removed. It has as
    many lines as ``source``, and line n means line n there.
    """
    first_line: int = 1
    """The line of the file on which the cell begins, from 1; always 1 in a notebook."""
    titles: tuple[str, ...] = ()
    """Texts that name this cell's subject and no other cell's: its tags, its name in the metadata, a fence's label."""
    quiet: bool = False
    """The last statement ends in ``;``, so its value is not displayed."""
    notes: tuple[str, ...] = ()
    """What has no effect here, in words for the student: "`!pip install torch` does nothing here"."""
    broken_statements: tuple[BrokenStatement, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Prose:
    """Text between code cells: a heading, or the Markdown between two headings."""

    text: str
    """Markdown; of a heading, its title without markup. Never blank."""
    level: int = 0
    """Of a heading, 1 to 6 as in Markdown, 7 for a line in bold or the title of a ``# %%`` cell; 0 for other text."""
    titles: tuple[str, ...] = ()
    """As ``Cell.titles``, of the text cell in which it stands."""
    after: int = 0
    """How many code cells stand before it."""
    line: int = 0
    """The line on which it begins, from 1: of the text cell in a notebook, of the file otherwise; 0 if not known."""


class CompanionFile(NamedTuple):
    """A file that lies where a submission runs, such as data that it reads or a module that it imports."""

    path: str
    """Relative to the root of the files there, with ``/`` as the separator."""
    content: bytes


Format = Literal["ipynb", "py", "md"]
"""A notebook, a script, or notes in Markdown or plain text. Notes run cell by cell, as notebooks do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """One file that was handed in."""

    path: str
    """As the user gave it; ``-`` for standard input."""
    format: Format
    sha256: str
    """Of the file's bytes, as hexadecimal digits."""
    cells: tuple[Cell, ...]
    """In file order."""
    prose: tuple[Prose, ...] = ()
    """In file order."""
    titles: tuple[str, ...] = ()
    """Texts that name the subject of the whole file: its title, and names in its metadata."""
    companions: tuple[CompanionFile, ...] = ()
    assignment: str = ""
    """The id of the assignment that a notebook's metadata names; empty if it names none."""
    folder: str = ""
    """The folder among the companion files in which the submission runs; empty: their root."""

    def source_line(self, location: Location) -> str | None:
        """The line that the student wrote at a location, without its line end; None if there is no such line."""
        for cell in self.cells:
            lines = cell.source.split("\n")  # not splitlines(): a form feed does not end a line of Python
            index = location.line - cell.first_line
            if cell.number == location.cell and 0 <= index < len(lines):
                return lines[index]
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """A line of a submission, as a reader finds it."""

    cell: int | None
    """``Cell.number``; None in notes and in a script without cells."""
    line: int
    """From 1: within the cell in a notebook, within the file otherwise."""

    def in_words(self) -> str:
        """``cell 3, line 2``, or ``line 17`` without a cell."""
        line = f"line {self.line}"
        return line if self.cell is None else f"cell {self.cell}, {line}"
