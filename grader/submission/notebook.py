"""Reads notebooks: from the bytes of an ``.ipynb`` file to cells and prose.

The current format, 4, is read as plain JSON. nbformat is not used for it: it would complain about ids, outputs and
metadata, which do not matter here, and its validators take long to import. Older formats are converted by nbformat.
Raw cells are read as Markdown, since answers are written in them, too: one key turns any cell into a raw cell.
Outputs and attachments are ignored.
"""

from __future__ import annotations

import json
import re
import warnings
from collections import Counter
from collections.abc import Iterator
from typing import Any

from grader.errors import SubmissionError
from grader.submission.content_builder import ContentBuilder
from grader.submission.notebook_lines import find_source_lines
from grader.submission.size_limits import check_cells, check_containers
from grader.submission.source_text import normalize
from grader.text_bounds import NAME, TITLE, bounded

NEWEST_FORMAT = 4
MAX_COUNT = 10**9
"""Execution counts are below it."""
# Settings of Quarto and Jekyll, which raw cells hold.
_FRONT_MATTER = re.compile(r"\s*---[ \t]*\n")
_MERGE_CONFLICT = re.compile("^<<<<<<<", re.MULTILINE)


def read(raw: bytes, path: str) -> ContentBuilder:
    """The cells and prose of a notebook. ``path`` appears in messages.

    Raises SubmissionError if it is damaged, too large, or not for Python.
    """
    text, parsed = _parse(raw, path)
    notebook = _current(parsed, path)
    lines = find_source_lines(text) if notebook is parsed else {}
    metadata = notebook.get("metadata")
    _check_language(metadata, path)
    contents = ContentBuilder(path, titles=_titles(metadata), assignment=_assignment(metadata), lines_in_cells=True)
    counts = _execution_counts(notebook)
    for position, (kind, source, titles) in enumerate(_cells(notebook, path)):
        if kind == "markdown" or (kind == "raw" and not _FRONT_MATTER.match(source)):
            contents.add_text(source, titles=titles)
        elif kind == "code":
            contents.add_code(
                source, titles=titles, execution_count=counts.get(position), file_lines=lines.get(position, ())
            )
    return contents


def _execution_counts(notebook: dict[str, Any]) -> dict[int, int]:
    """The numbers that Jupyter shows beside code cells, by the cell's position. What several cells have is left out: it
    comes from several runs.
    """
    cells = notebook.get("cells")
    found = {
        position: count
        for position, cell in enumerate(cells if isinstance(cells, list) else ())
        if isinstance(cell, dict) and type(count := cell.get("execution_count")) is int and 0 < count < MAX_COUNT
    }
    often = Counter(found.values())
    return {position: count for position, count in found.items() if often[count] == 1}


def _damaged(path: str, what: str) -> SubmissionError:
    return SubmissionError(
        f"{path}: the notebook is damaged: {what}. Open it in Jupyter, save it again, and hand in that."
    )


def _parse(raw: bytes, path: str) -> tuple[str, dict[str, Any]]:
    """The text of the file, and what it says."""
    start = raw.removeprefix(b"\xef\xbb\xbf").lstrip()[:7]
    if not start:
        raise SubmissionError(f"{path}: the notebook is empty. Save it in Jupyter, and hand in that file.")
    if start.startswith(b"<") and start != b"<<<<<<<":
        raise SubmissionError(f"{path}: a web page, not a notebook. Download the notebook itself (the raw file).")
    # Counts brackets inside of strings, too. This is fast, and no real notebook comes near the limit.
    check_containers(raw.count(b"[") + raw.count(b"{"), path)
    try:
        text = raw.decode(json.detect_encoding(raw)).removeprefix("\ufeff")
        notebook = json.loads(text)
    except UnicodeDecodeError as error:
        raise _damaged(path, f"byte {error.start} is not UTF-8 text") from None
    except json.JSONDecodeError as error:
        conflict = _MERGE_CONFLICT.search(text)
        if conflict is None:
            raise _damaged(path, f"line {error.lineno}, column {error.colno}: {error.msg}") from None
        line = text.count("\n", 0, conflict.start()) + 1
        advice = "Finish it, and hand in the result."
        raise SubmissionError(f"{path}: line {line}: a Git merge was left unfinished. {advice}") from None
    except RecursionError:
        raise _damaged(path, "it is nested too deeply") from None
    except ValueError:
        raise _damaged(path, "it holds a number of thousands of digits") from None
    if not isinstance(notebook, dict) or not {"cells", "worksheets"} & notebook.keys():
        raise SubmissionError(
            f"{path}: this is JSON, but no notebook: it has no cells. Hand in the .ipynb file itself."
        )
    return text, notebook


def _current(notebook: dict[str, Any], path: str) -> dict[str, Any]:
    """The notebook, converted to format 4 if it is in an older format."""
    version = notebook.get("nbformat", NEWEST_FORMAT if "cells" in notebook and "worksheets" not in notebook else 3)
    if not isinstance(version, int) or not 1 <= version <= NEWEST_FORMAT:
        raise SubmissionError(
            f"{path}: notebook format {version!r:.40} is not known here, only 1 to {NEWEST_FORMAT}. "
            "Open it in Jupyter, and save it in the current format."
        )
    if version == NEWEST_FORMAT:
        return notebook
    import nbformat

    check_cells(_count_old(notebook), path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            node = nbformat.versions[version].to_notebook_json(_without_outputs(notebook, version))
            converted = nbformat.convert(node, NEWEST_FORMAT)  # type: ignore[no-untyped-call]  # nbformat has few types
    except Exception as error:  # nbformat raises many kinds of exceptions for a damaged notebook
        raise _damaged(path, f"as one of the old format {version}, it cannot be converted ({error!r:.200})") from None
    return dict(converted)


def _count_old(notebook: dict[str, Any]) -> int:
    """The number of cells and worksheets in an old notebook. Their conversion takes longer than reading the file."""
    sheets = notebook.get("worksheets")
    lists = [notebook, *(sheets if isinstance(sheets, list) else ())]
    cells = [part.get("cells") for part in lists if isinstance(part, dict)]
    return len(lists) - 1 + sum(len(found) for found in cells if isinstance(found, list))


def _without_outputs(notebook: dict[str, Any], version: int) -> dict[str, Any]:
    """A copy of an old notebook with the parts that are read here, and with the keys that nbformat requires."""

    def slim(cell: dict[str, Any]) -> dict[str, Any]:
        kept: dict[str, Any] = {
            key: cell[key] for key in ("cell_type", "input", "code", "source", "text", "metadata") if key in cell
        }
        if isinstance(count := cell.get("prompt_number"), int):
            kept["prompt_number"] = count
        level = cell.get("level")
        return kept | {"outputs": [], "level": min(level, 6) if isinstance(level, int) else 1}

    slimmed = {"nbformat": version, "nbformat_minor": 0, "metadata": notebook.get("metadata") or {}}
    if version == 1:
        return slimmed | {"cells": [slim(cell) for cell in notebook["cells"]]}
    sheets = [[slim(cell) for cell in sheet["cells"]] for sheet in notebook["worksheets"]]
    return slimmed | {"worksheets": [{"cells": cells, "metadata": {}} for cells in sheets]}


def _check_language(metadata: object, path: str) -> None:
    """Raises SubmissionError if the notebook's metadata states another language than Python."""
    if not isinstance(metadata, dict):
        return
    for section, key in (("kernelspec", "language"), ("language_info", "name")):
        stated = metadata.get(section)
        language = stated.get(key) if isinstance(stated, dict) else None
        if isinstance(language, str) and language:
            if "python" not in language.lower():
                raise SubmissionError(
                    f"{path}: the notebook is for the language {bounded(language, NAME)}, but the exercises are in "
                    "Python. Choose a Python kernel in Jupyter, save, and hand in again."
                )
            return


def _cells(notebook: dict[str, Any], path: str) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    r"""Type, source (lines end in ``\n``) and titles of every cell."""
    cells = notebook.get("cells")
    if not isinstance(cells, list):
        raise _damaged(path, "its cells are no list")
    check_cells(len(cells), path)
    for number, cell in enumerate(cells, 1):
        if not isinstance(cell, dict) or not isinstance(cell.get("cell_type"), str):
            raise _damaged(path, f"cell {number} of {len(cells)} has no type")
        source = cell.get("source", "")
        if isinstance(source, list) and all(isinstance(line, str) for line in source):
            source = "".join(source)
        if not isinstance(source, str):
            raise _damaged(path, f"the source of cell {number} of {len(cells)} is no text")
        yield cell["cell_type"], normalize(source), _titles(cell.get("metadata"))


def _assignment(metadata: object) -> str:
    """``grader.assignment`` of the notebook's metadata; empty if there is none."""
    ours = metadata.get("grader") if isinstance(metadata, dict) else None
    named = ours.get("assignment") if isinstance(ours, dict) else None
    return bounded(normalize(named).strip(), TITLE) if isinstance(named, str) else ""


def _titles(metadata: object) -> tuple[str, ...]:
    """Texts in the metadata of a cell or notebook that name its subject: tags, title, name, and ids set by graders."""
    if not isinstance(metadata, dict):
        return ()
    ours, nbgrader = (part if isinstance(part, dict) else {} for part in map(metadata.get, ("grader", "nbgrader")))
    tags = metadata.get("tags")
    found = [*(tags[:20] if isinstance(tags, list) else ())]
    found += [metadata.get("title"), metadata.get("name"), ours.get("exercise"), nbgrader.get("grade_id")]
    return tuple(bounded(normalize(text), TITLE) for text in found if isinstance(text, str) and text)
