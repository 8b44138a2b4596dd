"""Collects the cells and prose of a submission in file order, for the reader of any format."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from grader.model import Cell, Prose
from grader.submission.cell_translation import CellTranslator
from grader.submission.headings import Outline, leading_comment
from grader.submission.size_limits import check_cells, check_code


class ContentBuilder:
    """Builds the cells and the prose of one submission.

    ``path`` appears in messages. ``about`` are texts that name the subject of the whole file, such as its title,
    ``assignment`` is the id of the assignment that its metadata names.
    """

    def __init__(self, path: str, *, about: Iterable[str] = (), assignment: str = "") -> None:
        self.assignment = assignment
        self._path = path
        self._about = tuple(about)
        self._translator = CellTranslator()
        self._outline = Outline()
        self._cells: list[Cell] = []
        self._prose: list[Prose] = []
        self._characters = 0

    @property
    def cells(self) -> tuple[Cell, ...]:
        return tuple(self._cells)

    @property
    def prose(self) -> tuple[Prose, ...]:
        return tuple(self._prose)

    def add_text(self, markdown: str) -> None:
        r"""Adds Markdown (lines end in ``\n``) after the cells so far."""
        self._prose.extend(self._outline.read(markdown, after=len(self._cells)))

    def add_code(
        self,
        source: str,
        *,
        first_line: int = 1,
        numbered: bool = True,
        titles: Iterable[str] = (),
        has_marker: bool = False,
        notes: Iterable[str] = (),
    ) -> None:
        r"""Adds a code cell (lines end in ``\n``) that begins on line ``first_line`` of the file.

        ``titles`` name the cell's subject. ``has_marker``: the first line is a ``# %%`` marker. ``notes`` tell the
        student what will not run or was not read.

        Raises SubmissionError if the submission becomes larger than what is read.
        """
        self._characters += len(source)
        check_code(self._characters, self._path)
        check_cells(len(self._cells) + 1, self._path)
        plain = self._translator.translate(source)
        comment = leading_comment(plain.code.partition("\n")[2] if has_marker else plain.code)
        own = (*titles, comment) if comment else titles
        self._cells.append(
            Cell(
                number=len(self._cells) + 1 if numbered else None,
                source=source,
                code=plain.code,
                first_line=first_line,
                headings=(*own, *self._outline.path, *self._about),
                quiet=plain.quiet,
                notes=(*notes, *plain.notes_from(first_line)),
                broken_statements=tuple(replace(broken, line=first_line + broken.line - 1) for broken in plain.broken),
            )
        )
