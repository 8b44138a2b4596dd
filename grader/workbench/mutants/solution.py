"""A reference solution as pieces of code, each of which can be replaced in the file: a script or a notebook."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from grader import submission as submissions
from grader.model import Submission


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """The file of a reference solution, read."""

    raw: bytes
    submission: Submission

    @property
    def is_notebook(self) -> bool:
        return self.submission.format == "ipynb"

    def with_cell(self, number: int, source: str) -> bytes | None:
        """The file in which the code of a cell, counted from 0, is another one; None if the file's form is unusual."""
        return self._notebook(number, source) if self.is_notebook else self._script(number, source)

    def _script(self, number: int, source: str) -> bytes | None:
        text = self.text
        cell = self.submission.cells[number]
        lines = text.split("\n")
        first = cell.first_line - 1
        count = cell.source.count("\n") + 1
        if "\n".join(lines[first : first + count]).rstrip("\n") != cell.source.rstrip("\n"):
            return None
        return "\n".join([*lines[:first], *source.split("\n"), *lines[first + count :]]).encode()

    def _notebook(self, number: int, source: str) -> bytes | None:
        notebook = json.loads(self.text)
        wanted = self.submission.cells
        position = 0
        for cell in notebook.get("cells", ()):
            if cell.get("cell_type") != "code" or position >= len(wanted):
                continue
            if _source_of(cell).rstrip("\n") != wanted[position].source.rstrip("\n"):
                continue  # a blank cell is none of the submission's
            if position == number:
                cell["source"] = source
                return json.dumps(notebook, ensure_ascii=False, indent=1).encode()
            position += 1
        return None

    @property
    def text(self) -> str:
        """The file's text, with lines that end in ``\\n``."""
        return self.raw.decode("utf-8-sig", errors="replace").replace("\r\n", "\n").replace("\r", "\n")


def _source_of(cell: Mapping[str, Any]) -> str:
    source = cell.get("source", "")
    return source if isinstance(source, str) else "".join(source)


def read_solution(raw: bytes, path: str) -> Solution:
    """Raises SubmissionError where the file cannot be read."""
    return Solution(raw=raw, submission=submissions.read(raw, path))
