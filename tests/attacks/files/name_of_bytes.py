"""A name that is no text in any encoding."""

from __future__ import annotations

from pathlib import Path

from tests.attacks.attack import HONEST
from tests.attacks.built import write

ENDS = ("completed",)


def make(folder: Path) -> Path:
    return write(folder, b"Ren\xe9 \xff\x80.py", HONEST)
