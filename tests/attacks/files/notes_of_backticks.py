"""Notes of nothing but backticks."""

from __future__ import annotations

from pathlib import Path

from tests.attacks.built import write

ENDS = ("completed",)
SCORE = None


def make(folder: Path) -> Path:
    return write(folder, "homework.md", "`" * 400_000)
