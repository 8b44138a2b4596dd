"""A pipe into which nobody ever writes."""

from __future__ import annotations

import os
from pathlib import Path

SAYS = "a pipe or a device, not a file"


def make(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "homework.py"
    os.mkfifo(path)
    return path
