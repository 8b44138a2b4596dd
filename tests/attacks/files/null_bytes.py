"""A script with a null byte in it."""

from __future__ import annotations

from pathlib import Path

from tests.attacks.attack import HONEST
from tests.attacks.built import write

SAYS = "null bytes"


def make(folder: Path) -> Path:
    return write(folder, "homework.py", HONEST + "x = '\0'\n")
