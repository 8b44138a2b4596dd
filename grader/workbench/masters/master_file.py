"""Reads a master notebook or script: its cells, and where each of them stands."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from grader.errors import Mistake, SubmissionError, UsageError, reason_of
from grader.language.yaml_file import shown
from grader.submission import loading
from grader.submission.named_assignment import named_assignment
from grader.submission.notebook_lines import find_source_lines
from grader.submission.script import parts_of
from grader.submission.source_text import normalize

Kind = Literal["code", "markdown", "raw"]
SUFFIXES = (".ipynb", ".py")
_SOLUTION_TAGS = frozenset({"solution", "solutions"})
_FOR_STUDENTS = re.compile(r",? and hand (?:it in again|in that(?: file)?)(?=\.)")
"""What messages about files that cannot be read advise further; a master is handed in by nobody."""
_JUPYTEXT_TAGS = re.compile(r"\btags[ \t]*=[ \t]*(\[[^\]]*\])")


@dataclass(frozen=True, slots=True, kw_only=True)
class MasterCell:
    kind: Kind
    source: str
    number: int
    """Its position among all cells, from 1."""
    path: Path
    names: tuple[str, ...] = ()
    """Its tags and titles, which may name an exercise."""
    is_solution: bool = False
    """A tag says that all of it is the solution."""
    file_lines: tuple[int, ...] = ()
    """The line of the file for each line of the source."""
    is_script: bool = False

    def mistake(self, line: int, text: str) -> Mistake:
        """A mistake on a line of the cell, from 1."""
        in_file = self.file_lines[line - 1] if 0 < line <= len(self.file_lines) else None
        place = "" if self.is_script else f"cell {self.number}, line {line}: "
        return Mistake(path=self.path, line=in_file, text=f"{place}{text}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Master:
    path: Path
    assignment: str
    """The id of the assignment that it names; empty if it names none."""
    cells: tuple[MasterCell, ...]


def read_master(path: Path) -> Master:
    """Raises UsageError where the file cannot be read as a notebook or script."""
    try:
        raw = path.read_bytes()
        if path.suffix not in SUFFIXES:
            raise UsageError(f"{path} is no master: it must be a notebook (.ipynb) or a script (.py).")
        read = loading.read(raw, str(path))  # refuses what is damaged, too large or for another language
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {reason_of(error)}.") from error
    except SubmissionError as error:
        raise UsageError(_FOR_STUDENTS.sub("", str(error))) from error
    try:
        text = normalize(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: byte {error.start} is not UTF-8 text. Save the master as UTF-8.") from None
    cells = tuple(_of_script(text, shown(path)) if path.suffix == ".py" else _of_notebook(text, shown(path)))
    return Master(path=shown(path), assignment=read.assignment, cells=cells)


def _of_script(text: str, path: Path) -> Iterator[MasterCell]:
    _, text = named_assignment(text)
    parts = [part for part in parts_of(text) if part.source.strip()]
    for number, part in enumerate(parts, 1):
        prose = part.prose()
        body = part.source if prose is None else prose
        first = part.first_line
        if part.has_marker and prose is None:
            body = body.partition("\n")[2]
        title = (part.marker or "").replace("[markdown]", "").strip()
        tags = _tags_in(title)
        yield MasterCell(
            kind="code" if prose is None else "markdown",
            source=body.strip("\n"),
            number=number,
            path=path,
            names=(title, *tags) if title else (),
            is_solution=not _SOLUTION_TAGS.isdisjoint(map(str.casefold, (title, *tags))),
            file_lines=_lines_from(body, first + part.has_marker),
            is_script=True,
        )


def _tags_in(title: str) -> tuple[str, ...]:
    """The tags in a marker, as Jupytext writes them: ``# %% tags=["solution"]``."""
    if not (found := _JUPYTEXT_TAGS.search(title)):
        return ()
    try:
        tags = json.loads(found[1].replace("'", '"'))
    except ValueError:
        return ()
    return tuple(tag for tag in tags if isinstance(tag, str))


def _lines_from(body: str, first: int) -> tuple[int, ...]:
    """The lines of the file for those of a cell without the empty lines at its beginning."""
    skipped = len(body) - len(body.lstrip("\n"))
    count = len(body.strip("\n").split("\n"))
    return tuple(range(first + skipped, first + skipped + count))


def _of_notebook(text: str, path: Path) -> Iterator[MasterCell]:
    notebook = json.loads(text)
    if notebook.get("nbformat") != 4:
        raise UsageError(f"{path} is in an old notebook format. Open it in Jupyter, and save it in the current one.")
    lines = find_source_lines(text)
    for position, cell in enumerate(notebook["cells"]):
        source = cell.get("source", "")
        metadata = cell.get("metadata")
        metadata = metadata if isinstance(metadata, dict) else {}
        listed = metadata.get("tags")
        tags = [tag for tag in listed if isinstance(tag, str)] if isinstance(listed, list) else []
        kind: Kind = cell["cell_type"] if cell["cell_type"] in ("code", "markdown") else "raw"
        source = source if isinstance(source, str) else "".join(source)
        in_file = tuple(lines.get(position, ()))
        if kind == "markdown" and (fenced := _OTTER_FENCE.fullmatch(source.strip("\n"))):
            kind, source, in_file = "raw", fenced[1], in_file[1:]
        yield MasterCell(
            kind=kind,
            source=source,
            number=position + 1,
            path=path,
            names=(*tags, *_names(metadata)),
            is_solution=bool(_SOLUTION_TAGS.intersection(map(str.casefold, tags))) or _is_nbgrader_solution(metadata),
            file_lines=in_file,
        )


_OTTER_FENCE = re.compile(r"```otter[ \t]*\n((?:(?!```).*\n)+)```[ \t]*")
"""A text cell that Otter reads as a raw cell."""


def _names(metadata: dict[str, Any]) -> Iterator[str]:
    for section, key in (("grader", "exercise"), ("nbgrader", "grade_id")):
        part = metadata.get(section)
        name = part.get(key) if isinstance(part, dict) else None
        if isinstance(name, str):
            yield name


def _is_nbgrader_solution(metadata: dict[str, Any]) -> bool:
    """nbgrader's cells for answers; where markers stand in one, only what is between them is the solution."""
    nbgrader = metadata.get("nbgrader")
    return isinstance(nbgrader, dict) and nbgrader.get("solution") is True
