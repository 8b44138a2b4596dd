"""A folder that is called as a notebook is, with nothing in it."""

from __future__ import annotations

from pathlib import Path

SAYS = "in this folder"


def make(folder: Path) -> Path:
    path = folder / "homework.ipynb"
    path.mkdir(parents=True)
    return path
