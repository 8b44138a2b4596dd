"""What a submission consists of, collected in the order of its file, whatever the file's format."""

from __future__ import annotations

from collections.abc import Iterable

from grader.model import Cell, Flaw, Prose
from grader.submission.bounds import check_cells, check_code
from grader.submission.headings import Outline, leading_comment
from grader.submission.magics import Syntax


class Contents:
    """Cells and the texts between them. ``path`` is for messages.

    ``about`` are texts that say what the whole file is about, such as its title.
    """

    def __init__(self, path: str, *, about: Iterable[str] = ()) -> None:
        self._path = path
        self._about = tuple(about)
        self._syntax = Syntax()
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
        """Markdown (lines end in ``\\n``) that stands after the cells so far."""
        self._prose.extend(self._outline.read(markdown, after=len(self._cells)))

    def add_code(
        self,
        source: str,
        *,
        first_line: int = 1,
        numbered: bool = True,
        titles: Iterable[str] = (),
        has_mark: bool = False,
        notes: Iterable[str] = (),
    ) -> None:
        """A cell (lines end in ``\\n``) whose first line is ``first_line`` of the file.

        ``titles`` say what it is about, ``has_mark`` that its first line only marks it as a cell, ``notes`` what
        will not run or was not read. Raises SubmissionError where there is more than can be read.
        """
        self._characters += len(source)
        check_code(self._characters, self._path)
        check_cells(len(self._cells) + 1, self._path)
        plain = self._syntax.plain(source)
        comment = leading_comment(plain.code.partition("\n")[2] if has_mark else plain.code)
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
                flaws=tuple(
                    Flaw(line=first_line + each.line - 1, text=each.text, binds=each.binds) for each in plain.breaks
                ),
            )
        )
