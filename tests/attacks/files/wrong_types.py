"""Metadata that is a list, tags that are numbers, a kernel that is a text: where it does not matter."""

from __future__ import annotations

from pathlib import Path

from tests.attacks.built import code, honest, write

ENDS = ("completed",)


def make(folder: Path) -> Path:
    strange = [
        code("", metadata=[1]), code("", metadata={"tags": 7, "title": [], "grader": "x", "nbgrader": 0}),
        code([]), {"cell_type": "raw", "source": ["a", "b"]}, {"cell_type": "unknown"}, code("", outputs="x"),
        code("", execution_count=1e300), code("", id={"a": 1}),
    ]  # fmt: skip
    return write(folder, "homework.ipynb", honest(*strange, metadata=["x"], nbformat_minor="y"))
