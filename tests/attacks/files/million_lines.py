"""A script of a million lines."""

from __future__ import annotations

from pathlib import Path

from tests.attacks.attack import HONEST
from tests.attacks.built import write

SAYS = "more than 512 KiB of code"


def make(folder: Path) -> Path:
    return write(folder, "homework.py", HONEST + "x = 1\n" * 1_000_000)
