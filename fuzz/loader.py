"""Notebooks, scripts and notes: the file's name is the first line of an input, its content the rest."""

from __future__ import annotations

import json

from fuzz.target import Target, promise, strictly
from grader import submission
from grader.errors import SubmissionError
from grader.model import Location, Submission
from grader.submission.size_limits import MAX_CELLS, MAX_CODE

NAMES = ("a.ipynb", "a.py", "a.md", "a.txt", "a.qmd", "a.Rmd", "-", "a")


def check(data: bytes) -> None:
    """Raises where a file is neither a submission nor refused in words, or where a submission is not in order."""
    first, _, content = data.partition(b"\n")
    name = first.decode("latin-1")
    if name not in NAMES:
        name, content = NAMES[len(data) % len(NAMES)], data
    with strictly():
        try:
            read = submission.read(content, name)
        except SubmissionError as error:
            promise(str(error) and "\n" not in str(error), "a refusal that is not a line")
            promise(len(str(error)) < 600, "a refusal that nobody reads")
            return
    _check(read)


def _check(read: Submission) -> None:
    promise(len(read.cells) <= MAX_CELLS, "more cells than are read")
    promise(sum(len(cell.source) for cell in read.cells) <= MAX_CODE, "more code than is read")
    numbers = [cell.number for cell in read.cells]
    promise(numbers == list(range(1, len(numbers) + 1)) or not any(numbers), "cells that are not counted from 1")
    for cell in read.cells:
        promise(cell.first_line >= 1, "a line before the first")
        promise(cell.code.count("\n") == cell.source.count("\n"), "code that does not stay on its lines")
        promise("\r" not in cell.source, "line ends of two kinds")
        for flaw in cell.broken_statements:
            last = cell.first_line + cell.source.count("\n")
            promise(cell.first_line <= flaw.line <= last, "a flaw on a line that is not there")
        where = Location(cell=cell.number, line=cell.first_line)
        promise(read.source_line(where) is not None, "a first line that is not found")
    for prose in read.prose:
        promise(prose.text.strip() and 0 <= prose.after <= len(read.cells), "a text that stands nowhere")


def seeds() -> list[bytes]:
    code = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": 1}
    cells = [
        {"cell_type": "markdown", "metadata": {"tags": ["q1"]}, "source": ["# Backward, twice\n", "**Why?**"]},
        code | {"source": "import torch\n%matplotlib inline\n!pip install torch\nx = torch.ones(3)\nx?"},
        code | {"source": ["%%time\n", "y = x ** 2\n", "y.backward(\n"]},
    ]
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": {"language": "python"}}, "cells": cells}
    old = {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""},
           "worksheets": [{"cells": [{"cell_type": "heading", "level": 1, "source": "One"},
                                     {"cell_type": "code", "language": "python", "input": "x = 1", "outputs": []}]}],
           }  # fmt: skip
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
    about="any file is a submission that is in order, or is refused in a line of words",
    check=check,
    seeds=seeds,
    words=WORDS,
)
