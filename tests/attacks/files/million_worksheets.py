"""A notebook of format 3 with half a million worksheets that are empty."""

from __future__ import annotations

from pathlib import Path

from tests.attacks.built import filled

SAYS = "at most 10000 are read."


def make(folder: Path) -> Path:
    head, tail = b'{"nbformat":3,"worksheets":[', b'{"cells":[]}]}'
    return filled(folder, "homework.ipynb", b'{"cells":[]},', head=head, tail=tail, size=8 * 1024**2)
