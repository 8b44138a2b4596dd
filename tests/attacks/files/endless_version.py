"""A format whose version is a text of a megabyte: the message must not quote it."""

from __future__ import annotations

from pathlib import Path

from tests.attacks.built import honest, write

SAYS = "is not known here, only 1 to 4"


def make(folder: Path) -> Path:
    return write(folder, "homework.ipynb", honest(nbformat="9" * 1024**2))
