"""Spreadsheets as delimited text: new tables, and exported files of which only some cells change.

An exported file keeps its delimiter, quotes, line ends, byte order mark and encoding: every character outside the
filled cells stays as it was, since learning platforms are strict about what they import.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.errors import UsageError
from grader.model import JudgingCourse
from grader.text import clean_line

BOM = "\ufeff"
DELIMITERS = ",;\t"

# Characters that begin a formula in a spreadsheet program, full-width forms included. In locales that separate cells by
# semicolons, a cell may also begin after a semicolon. Tabs and line ends at the front are removed by ``clean_line``.
_FORMULA = re.compile(r"(^|;[ \u00a0\"]*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])")

# cp1252 leaves some bytes undefined. Latin-1 decodes every byte, so any file can be written back unchanged.
_ENCODINGS = ("utf-8", "cp1252", "latin-1")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedFile:
    """The text of a file, with its byte order mark, and the encoding that turns it back into the same bytes."""

    text: str
    encoding: str

    def encode(self, text: str) -> bytes:
        """A text in this file's encoding."""
        # Only feedback can have characters that the encoding lacks. It is HTML, so they become character references.
        return text.encode(self.encoding, "xmlcharrefreplace")


def read_exported(path: Path) -> ExportedFile:
    """Read a file that a learning platform or a spreadsheet program wrote. Raises UsageError."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} could not be read: {error.strerror}.") from error
    if data.startswith(b"PK\x03\x04"):
        raise UsageError(f"{path} is a workbook, not a CSV file. Save it as CSV, or name the exported CSV file itself.")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16-le" if data.startswith(b"\xff\xfe") else "utf-16-be",)
    else:
        encodings = _ENCODINGS
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return ExportedFile(text=text, encoding=encoding)
    raise UsageError(f"{path} is no CSV file: it is not text. Name the file that the learning platform exported.")


def without_formula(text: str) -> str:
    """Untrusted text as one line that spreadsheet programs do not evaluate as a formula."""
    return _FORMULA.sub(r"\1'", clean_line(text))


def with_course(rows: Sequence[Sequence[object]], course: JudgingCourse | None) -> list[Sequence[object]]:
    """Rows with a last column that names the course that judged, where it is known. The first row is the heading."""
    if course is None:
        return list(rows)
    heading, *others = rows
    name = without_formula(course.name)
    return [(*heading, "course"), *((*row, name) for row in others)]


def write(rows: Iterable[Sequence[object]]) -> str:
    """Rows as CSV, separated by commas, quoted where needed."""
    page = io.StringIO()
    csv.writer(page, lineterminator="\n").writerows(rows)
    return page.getvalue()


class Spreadsheet:
    """A delimited text whose cells can be replaced one by one. Rows and columns count from 0."""

    def __init__(self, text: str) -> None:
        self._byte_order_mark = BOM if text.startswith(BOM) else ""
        text = text.removeprefix(BOM)
        self._delimiter = max(DELIMITERS, key=lambda delimiter: len(_split(text, delimiter, records=1)[0][0]))
        self._records = _split(text, self._delimiter)

    @property
    def rows(self) -> tuple[tuple[str, ...], ...]:
        """The texts of the cells, without quotes."""
        return tuple(tuple(_unquoted(cell) for cell in cells) for cells, _ in self._records)

    def fill(self, row: int, column: int, value: str) -> None:
        """Replace the text of one cell; a row that is too short is extended."""
        cells, _ = self._records[row]
        cells += [""] * (column + 1 - len(cells))
        if cells[column].startswith('"') or re.search(rf'["\r\n{self._delimiter}]', value):
            value = '"' + value.replace('"', '""') + '"'
        cells[column] = value

    def render(self) -> str:
        """The whole text; only filled cells differ from the original."""
        return self._byte_order_mark + "".join(self._delimiter.join(cells) + end for cells, end in self._records)


def _split(text: str, delimiter: str, *, records: int | None = None) -> list[tuple[list[str], str]]:
    """Rows as their cells, quotes included, and their line ends. ``records`` limits how many rows are read."""
    # A cell and its end: a delimiter, a line end, or the end of the text.
    pattern = re.compile(rf'((?:"(?:[^"]|"")*(?:"|\Z))?[^{delimiter}\r\n]*)({delimiter}|\r\n|\r|\n|\Z)')
    found: list[tuple[list[str], str]] = []
    cells: list[str] = []
    for match in pattern.finditer(text):
        cell, end = match.groups()
        if not cell and not end and not cells and found:
            break  # after the last line end
        cells.append(cell)
        if end != delimiter:
            found.append((cells, end))
            cells = []
            if len(found) == records:
                break
    return found


def _unquoted(cell: str) -> str:
    if not cell.startswith('"'):
        return cell
    inner, _, after = cell[1:].replace('""', "\0").partition('"')
    return inner.replace("\0", '"') + after
