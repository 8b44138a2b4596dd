"""A socket on which nobody listens."""

from __future__ import annotations

import os
import stat
from pathlib import Path

SAYS = "cannot be read"


def make(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "homework.py"
    os.mknod(path, stat.S_IFSOCK | 0o600)
    return path
