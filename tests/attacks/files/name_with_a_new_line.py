"""A name of several lines, one of which is a command of a CI service."""

from __future__ import annotations

from pathlib import Path

from tests.attacks.attack import HONEST
from tests.attacks.built import write

ENDS = ("completed",)


def make(folder: Path) -> Path:
    return write(folder, "a\n::error::x\r\n\x1b[2J.py", HONEST)
