"""A cell that is a number."""

from __future__ import annotations

from pathlib import Path

from tests.attacks.built import honest, write

SAYS = "cell 2 of 2 has no type"


def make(folder: Path) -> Path:
    return write(folder, "homework.ipynb", honest(41))
