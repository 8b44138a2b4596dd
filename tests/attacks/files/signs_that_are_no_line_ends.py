"""Form feeds, separators of lines and paragraphs, and bidirectional overrides between the lines."""

from __future__ import annotations

from pathlib import Path

from tests.attacks.attack import HONEST
from tests.attacks.built import write

ENDS = ("completed",)


def make(folder: Path) -> Path:
    signs = "# \u2028 \u2029 \x85 \x1c \u202e evil \u2066\n\f\ns = '\u202e\u2028\x0b'\n"
    return write(folder, "homework.py", signs + HONEST + signs)
