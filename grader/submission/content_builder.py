"""Collects the cells and prose of a submission in file order, for the reader of any format."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from grader.model import Cell, Prose
from grader.submission.cell_translation import CellTranslator
from grader.submission.headings import LOWEST_LEVEL, ProseReader
from grader.submission.size_limits import check_cells, check_code
from grader.text_bounds import TITLE, bounded


class ContentBuilder:
    """Builds the cells and the prose of one submission.

    ``path`` appears in messages. ``titles`` name the subject of the whole file, ``assignment`` is the id of the
    assignment that its metadata names. ``lines_in_cells``: lines count within cells, as in a notebook.
    """

    def __init__(
        self, path: str, *, titles: Iterable[str] = (), assignment: str = "", lines_in_cells: bool = False
    ) -> None:
        self.assignment = assignment
        self._lines_in_cells = lines_in_cells
        self._path = path
        self.titles = tuple(titles)
        self._translator = CellTranslator()
        self._reader = ProseReader()
        self._cells: list[Cell] = []
        self._prose: list[Prose] = []
        self._characters = 0

    @property
    def cells(self) -> tuple[Cell, ...]:
        return tuple(self._cells)

    @property
    def prose(self) -> tuple[Prose, ...]:
        return tuple(self._prose)

    def add_text(self, markdown: str, *, first_line: int = 1, titles: Iterable[str] = ()) -> None:
        r"""Adds Markdown (lines end in ``\n``) after the cells so far. It begins on line ``first_line`` of the file, or
        of its own cell in a notebook; 0: not known. ``titles`` name the subject of that cell.
        """
        read = self._reader.read(markdown, after=len(self._cells), first_line=first_line)
        own = tuple(titles)
        self._prose.extend(replace(prose, titles=own) if own else prose for prose in read)

    def add_title(self, title: str, *, line: int) -> None:
        """Adds the title of a ``# %%`` cell, which stands on a line of the file."""
        if text := bounded(" ".join(title.split()), TITLE):
            self._prose.append(Prose(text=text, level=LOWEST_LEVEL, after=len(self._cells), line=line))

    def add_code(
        self,
        source: str,
        *,
        first_line: int = 1,
        numbered: bool = True,
        titles: Iterable[str] = (),
        notes: Iterable[str] = (),
        execution_count: int | None = None,
        file_lines: tuple[int, ...] = (),
    ) -> None:
        r"""Adds a code cell (lines end in ``\n``) that begins on line ``first_line`` of the file.

        ``titles`` name the cell's subject. ``notes`` tell the student what will not run or was not read.
        ``execution_count`` is the number that a notebook shows beside the cell, ``file_lines`` are as in ``Cell``.

        Raises SubmissionError if the submission becomes larger than what is read.
        """
        self._characters += len(source)
        check_code(self._characters, self._path)
        check_cells(len(self._cells) + 1, self._path)
        plain = self._translator.translate(source)
        cell = Cell(
            number=len(self._cells) + 1 if numbered else None,
            source=source,
            code=plain.code,
            first_line=first_line,
            titles=tuple(titles),
            quiet=plain.quiet,
            broken_statements=tuple(replace(broken, line=first_line + broken.line - 1) for broken in plain.broken),
            execution_count=execution_count,
            file_lines=file_lines,
        )
        notes_here = plain.notes_from(first_line, cell if self._lines_in_cells else None)
        self._cells.append(replace(cell, notes=(*notes, *notes_here)))
