"""A text file of millions of lines: which kind it is takes a look at every line."""

from __future__ import annotations

from pathlib import Path

from tests.attacks.built import write

SAYS = "KiB of notes"


def make(folder: Path) -> Path:
    return write(folder, "homework.txt", "a\n" * 16_000_000)
