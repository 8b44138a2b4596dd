"""Notes of a hundred thousand empty fences."""

from __future__ import annotations

from pathlib import Path

from tests.attacks.built import write

ENDS = ("completed",)
SCORE = None


def make(folder: Path) -> Path:
    return write(folder, "homework.md", "```\n" * 100_000)
