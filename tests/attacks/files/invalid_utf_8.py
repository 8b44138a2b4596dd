"""A notebook with a byte that is no text."""

from __future__ import annotations

from pathlib import Path

from tests.attacks.built import honest, write

SAYS = "is not UTF-8 text"


def make(folder: Path) -> Path:
    return write(folder, "homework.ipynb", honest().replace(b"import", b"imp\xffrt"))
