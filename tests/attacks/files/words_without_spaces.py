"""A text in Chinese without a space, as long as a book."""

from __future__ import annotations

from pathlib import Path

from tests.attacks.built import write

ENDS = ("completed",)
SCORE = None


def make(folder: Path) -> Path:
    return write(folder, "homework.txt", "\u4e00" * 60_000)
