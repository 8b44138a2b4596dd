"""A line of 700 KB with twenty errors on it: each of them, and each check, quotes the line."""

from __future__ import annotations

from pathlib import Path

from tests.attacks.built import code, honest, write

ENDS = ("failed",)
IN_EVERY_BATCH = True


def make(folder: Path) -> Path:
    cells = [code("1" + ";1/0" * 20 + " #" + "\U0001f600" * 20_000) for _ in range(20)]
    return write(folder, "homework.ipynb", honest(*cells))
