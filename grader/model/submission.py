"""What a student handed in: code cells, prose, and locations in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal, NamedTuple

from grader.text import clean_line, shorten
from grader.text_bounds import SOURCE_LINE, bounded

MAX_BEGINNING = 40
"""Characters of a cell's first line of code, as a location shows it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenStatement:
    """A statement that Python cannot parse or compile. It is left out, so that the rest of its cell can run; a cell
    with no other statements stays as it is, and does not run.
    """

    line: int
    """The first line that was left out; counts as in a Location."""
    text: str
    """The cause, as sentences for the student."""
    binds: tuple[str, ...] = ()
    """Names that the statement would have assigned, as far as its text shows. What they hold from here on is older."""
    changes: tuple[str, ...] = ()
    """Of these, the names that it would have bound to something made of what they held, as in ``x = x.detach(``."""


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
    many lines as ``source``, and line n means line n there. A cell of which nothing is sound does not parse.
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
    execution_count: int | None = None
    """The number that a notebook shows beside it, as in ``In [7]``; None where the file stores none, or another cell
    has the number too.
    """
    file_lines: tuple[int, ...] = ()
    """Of a notebook's cell, the line of the file for each line of ``source``; empty where that is not known, and where
    lines count within the file anyway.
    """

    @property
    def begins(self) -> str:
        """Its first line of code, shortened; the first comment where it has no code."""
        return _beginning_of_cell(self.source)


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

    def location(self, cell: int, line: int) -> Location:
        """A line in the cell with an index, from 0; lines count as in a Location."""
        found = self.cells[cell]
        if self.format != "ipynb":
            return Location(cell=found.number, line=line, in_file=True, file_line=line)
        return Location(
            cell=found.number,
            line=line,
            cell_begins=found.begins,
            execution_count=found.execution_count,
            file_line=found.file_lines[line - 1] if 1 <= line <= len(found.file_lines) else None,
        )

    def source_line(self, location: Location) -> str | None:
        """The line that the student wrote at a location, cut, without its line end; None if there is no such line."""
        for cell in self.cells:
            lines = _lines(cell.source)
            index = location.line - cell.first_line
            if cell.number == location.cell and 0 <= index < len(lines):
                return bounded(lines[index], SOURCE_LINE)
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """A line of a submission. Two locations are equal if their cells and lines are."""

    cell: int | None
    """``Cell.number``; None in notes and in a script without cells."""
    line: int
    """From 1: within the cell in a notebook, within the file otherwise."""
    cell_begins: str = field(default="", compare=False)
    """The cell's first line of code, by which it is found in any editor; empty where lines count within the file."""
    execution_count: int | None = field(default=None, compare=False)
    """``Cell.execution_count``."""
    in_file: bool = field(default=False, compare=False)
    """Whether the line counts within the file, so that the line alone says where it is."""
    file_line: int | None = field(default=None, compare=False)
    """The line of the file, also of a notebook, where it is the line of JSON that has the code; None if not known."""

    def in_words(self, *, brief: bool = False) -> str:
        """``cell 3 (`x = f(2)`), line 2``, ``In [7] (`x = f(2)`), line 2``, or ``line 17`` where lines count within the
        file. ``brief``: without the cell's first line, where something else shows which cell it is.
        """
        line = f"line {self.line}"
        if self.cell is None or self.in_file:
            return line
        return f"{cell_in_words(self.cell, self.execution_count, '' if brief else self.cell_begins)}, {line}"

    def in_words_alone(self) -> str:
        """The location in a word or two where that says it: brief where an editor shows the cell's number."""
        return self.in_words(brief=self.execution_count is not None)

    def in_words_beside(self, source: str | None) -> str:
        """The location in words, for a text that shows the line itself: brief where that is the cell's first line."""
        return self.in_words(brief=source is not None and beginning_of(source) == self.cell_begins)


@lru_cache(maxsize=16)  # errors and checks ask for a line of the same cell, over and over
def _lines(source: str) -> Sequence[str]:
    return source.split("\n")  # not splitlines(): a form feed does not end a line of Python


@lru_cache(maxsize=64)
def _beginning_of_cell(source: str) -> str:
    lines = [line for line in source.split("\n") if line.strip()]
    return beginning_of(next((line for line in lines if not line.lstrip().startswith("#")), lines[0] if lines else ""))


def beginning_of(line: str) -> str:
    """A line of code as ``Cell.begins`` has it."""
    return shorten(clean_line(bounded(line.strip(), SOURCE_LINE)), MAX_BEGINNING)


def cell_in_words(number: int, execution_count: int | None, begins: str) -> str:
    """A notebook's cell, so that a person finds it.

    Editors show the number of a run beside a cell, where the file stores one. No editor shows how many code cells stand
    above, so the first line of code is told, too.
    """
    name = f"cell {number}" if execution_count is None else f"In [{execution_count}]"
    return f"{name} (`{begins}`)" if begins else name
