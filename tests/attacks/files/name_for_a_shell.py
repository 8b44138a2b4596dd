"""A name that a shell would run, and a spreadsheet, and a browser."""

from __future__ import annotations

from pathlib import Path

from tests.attacks.attack import HONEST
from tests.attacks.built import write

ENDS = ("completed",)


def make(folder: Path) -> Path:
    return write(folder, "=cmd|'$(touch x)';`id`&<img src=x onerror=alert(1)>\"*?.py", HONEST)
