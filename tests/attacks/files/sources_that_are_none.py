"""A source that is an object."""

from __future__ import annotations

from pathlib import Path

from tests.attacks.built import code, honest, write

SAYS = "the source of cell 2 of 2 is no text"


def make(folder: Path) -> Path:
    return write(folder, "homework.ipynb", honest(code({"x": 1})))
