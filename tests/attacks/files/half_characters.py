"""Halves of characters in code, texts, titles and keys: JSON can spell them, UTF-8 cannot."""

from __future__ import annotations

from pathlib import Path

from tests.attacks.built import code, honest, write

ENDS = ("completed",)


def make(folder: Path) -> Path:
    half = "\ud800"
    cells = [code(f"s = {half!r} + '{half}'\n# {half}"), {"cell_type": "markdown", "source": f"# {half} warm-up"}]
    return write(folder, "homework.ipynb", honest(*cells, metadata={half: half, "title": half}))
