"""A name that is read from right to left, and would end in .pdf."""

from __future__ import annotations

from pathlib import Path

from tests.attacks.attack import HONEST
from tests.attacks.built import write

ENDS = ("completed",)


def make(folder: Path) -> Path:
    return write(folder, "a\u202efdp.py", HONEST)
