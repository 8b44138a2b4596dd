"""Spreadsheets as text: written anew, or filled in without touching anything else.

A file that an instructor exported comes back as it was, sign for sign, with its delimiter, quotes, line ends, byte
order mark and encoding; only the cells that are filled in change.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.errors import UsageError
from grader.text import clean_line

BOM = "\ufeff"
DELIMITERS = ",;\t"

# What makes a spreadsheet take a text for a formula, in full width too. Where it parts cells at semicolons, as it does
# in much of Europe, one may begin in the middle. Tabs and line ends do as well; cleaning leaves none at the front.
_FORMULA = re.compile(r"(^|;[ \u00a0\"]*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])")

# Windows' encoding has a few holes; Latin-1 has none, so that any file comes back as it was.
_ENCODINGS = ("utf-8", "cp1252", "latin-1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """A file as its bytes say, byte order mark included, and the encoding that gives the same bytes again."""

    text: str
    encoding: str

    def encode(self, text: str) -> bytes:
        """Another text in this file's encoding."""
        # Only feedback can hold signs that an old encoding lacks, and that is HTML.
        return text.encode(self.encoding, "xmlcharrefreplace")


def read_exported(path: Path) -> Exported:
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
            return Exported(text=text, encoding=encoding)
    raise UsageError(f"{path} is no CSV file: it is not text. Name the file that the learning platform exported.")


def harmless(text: str) -> str:
    """A text that a student controls, as one line that no spreadsheet takes for a formula."""
    return _FORMULA.sub(r"\1'", clean_line(text))


def write(rows: Iterable[Sequence[object]]) -> str:
    """Rows as CSV: commas, and quotes where they are needed."""
    page = io.StringIO()
    csv.writer(page, lineterminator="\n").writerows(rows)
    return page.getvalue()


class Sheet:
    """A delimited text of which single cells can be changed. Row 0 is the first; columns count from 0."""

    def __init__(self, text: str) -> None:
        self._mark = BOM if text.startswith(BOM) else ""
        text = text.removeprefix(BOM)
        self._delimiter = max(DELIMITERS, key=lambda sign: len(_split(text, sign, records=1)[0][0]))
        self._records = _split(text, self._delimiter)

    @property
    def rows(self) -> tuple[tuple[str, ...], ...]:
        """What the cells say, without quotes."""
        return tuple(tuple(_unquoted(cell) for cell in cells) for cells, _ in self._records)

    def fill(self, row: int, column: int, value: str) -> None:
        """Change one cell; a row that ends before it is made longer."""
        cells, _ = self._records[row]
        cells += [""] * (column + 1 - len(cells))
        if cells[column].startswith('"') or re.search(rf'["\r\n{self._delimiter}]', value):
            value = '"' + value.replace('"', '""') + '"'
        cells[column] = value

    def render(self) -> str:
        """The whole text, as it was but for the cells that were filled."""
        return self._mark + "".join(self._delimiter.join(cells) + end for cells, end in self._records)


def _split(text: str, delimiter: str, *, records: int | None = None) -> list[tuple[list[str], str]]:
    """Records as their cells, quotes included, and their line ends; only the first few where ``records`` is given."""
    # A cell, and what ends it: a delimiter, a line end, or the end of the text.
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
