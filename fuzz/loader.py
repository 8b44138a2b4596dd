"""Fuzz target: any file that is handed in. The first line of an input is the file's name, the rest its content."""

from __future__ import annotations

import json

from fuzz.target import Target, promise, strictly
from grader import submission
from grader.errors import SubmissionError
from grader.judging.own_code import OwnCode
from grader.judging.sections import ExerciseNames, find_sections
from grader.model import Location, Submission
from grader.submission.fingerprints import handout_of
from grader.submission.size_limits import MAX_CELLS, MAX_CODE

EXERCISE = ExerciseNames(id="twice", title="Backward, twice", asks=("Run backward again, and say what happens then.",))
NAMES = ("a.ipynb", "a.py", "a.md", "a.txt", "a.qmd", "a.Rmd", "-", "a")


def check(data: bytes) -> None:
    """Raises unless loading a file gives a valid Submission, or a SubmissionError with a short message."""
    first, _, content = data.partition(b"\n")
    name = first.decode("latin-1")
    if name not in NAMES:
        name, content = NAMES[len(data) % len(NAMES)], data
    with strictly():
        try:
            read = submission.read(content, name)
        except SubmissionError as error:
            promise(str(error) and "\n" not in str(error), "the message is empty or has several lines")
            promise(len(str(error)) < 600, "the message is too long")
            return
    _check(read)
    with strictly():
        given = handout_of([read])
        own = [*OwnCode(read, given).live_places(), *filter(given.without_given, (prose.text for prose in read.prose))]
    promise(not own, "what was handed out is the student's own")


def _check(read: Submission) -> None:
    promise(len(read.cells) <= MAX_CELLS, "more than MAX_CELLS cells")
    promise(sum(len(cell.source) for cell in read.cells) <= MAX_CODE, "more than MAX_CODE characters of code")
    numbers = [cell.number for cell in read.cells]
    promise(numbers == list(range(1, len(numbers) + 1)) or not any(numbers), "cells are not numbered from 1")
    for cell in read.cells:
        promise(cell.first_line >= 1, "a cell begins before line 1")
        promise(cell.code.count("\n") == cell.source.count("\n"), "code and source have different numbers of lines")
        promise("\r" not in cell.source, "a carriage return in the source")
        lines = cell.source.split("\n")
        counts = (0, len(lines), len(lines) - (not lines[-1]))
        promise(len(cell.file_lines) in counts, "the lines of the file are not those of the source")
        promise(list(cell.file_lines) == sorted(cell.file_lines), "lines of the file that go backwards")
        for broken in cell.broken_statements:
            last = cell.first_line + cell.source.count("\n")
            promise(cell.first_line <= broken.line <= last, "a broken statement outside of its cell")
        where = Location(cell=cell.number, line=cell.first_line)
        promise(read.source_line(where) is not None, "no source line for the first line of a cell")
    for prose in read.prose:
        promise(prose.text.strip() and 0 <= prose.after <= len(read.cells), "prose that is blank, or not between cells")
        promise(0 <= prose.level <= 7 and prose.line >= 0, "a heading of an unknown level, or before line 1")
    section = find_sections(read, (EXERCISE,), numbers={EXERCISE.id: ("2",)})[EXERCISE.id]
    for item in section.whole.units:
        promise(0 <= item.unit.cell <= len(read.cells), "a unit outside of the submission")
        promise(item.unit.prose < len(read.prose), "a unit outside of the submission")


def seeds() -> list[bytes]:
    code = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": 1}
    cells = [
        {"cell_type": "markdown", "metadata": {"tags": ["q1"]}, "source": ["# Backward, twice\n", "**Why?**"]},
        code | {"source": "import torch\n%matplotlib inline\n!pip install torch\nx = torch.ones(3)\nx?"},
        code | {"source": ["%%time\n", "y = x ** 2\n", "y.backward(\n"]},
    ]
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": {"language": "python"}}, "cells": cells}
    old_cells = [
        {"cell_type": "heading", "level": 1, "source": "One"},
        {"cell_type": "code", "language": "python", "input": "x = 1", "outputs": []},
    ]
    old = {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": [{"cells": old_cells}]}
    script = "# %% [markdown]\n# # One\n# %% Two\nx = 1\n# %%\nif x:\n    y = (\n"
    notes = "# One\n\n```python\nx = 1\n```\n\nWords.\n\n    >>> y = 2\n    >>> y\n    2\n"
    return [
        b"a.ipynb\n" + json.dumps(notebook).encode(),
        b"a.ipynb\n" + json.dumps(old).encode(),
        b"a.py\n" + script.encode(),
        b"a.py\n>>> x = 1\n... y\nIn [2]: !ls\n   ...: z\nOut[2]: 3\n",
        b"a.md\n" + notes.encode(),
        b"a.txt\n" + notes.replace("```", "").encode(),
        "a.py\n# -*- coding: latin-1 -*-\nx = 'é'\n".encode("latin-1"),
        b"a.py\nx = 1\n".replace(b"x", "\ufeffx".encode("utf-16")),
    ]


WORDS = (
    "# %%", "# %% [markdown]", "```", "```python", "~~~", ">>> ", "... ", "In [1]: ", "Out[1]: ", "!ls", "%time ",
    "%%time\n", "x?", "??", "'''", '"""', "\\\n", "\f", "\r", "\x00", "\ufeff", "# coding: utf-7", "(", "[", "{",
    "lambda", "async def", "f'{", '"cells"', '"source"', '"cell_type"', '"nbformat"', '"worksheets"', '"metadata"',
    "null", "NaN",
)  # fmt: skip

TARGET = Target(
    name="loader",
    about="any file becomes a valid submission or a one-line error message; handed out, nothing of it is an attempt",
    check=check,
    seeds=seeds,
    words=WORDS,
)
