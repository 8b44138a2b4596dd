"""A student who hands in pipes and sockets beside an honest answer."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from tests.attacks.attack import HONEST
from tests.attacks.built import write

WHAT = "class"
SAYS = "Skipped, because they cannot be read"


def make(folder: Path) -> Path:
    there = write(folder / "class" / "eve", "homework.py", HONEST).parent
    os.mkfifo(there / "a.py")
    os.mkfifo(there / "data.csv")
    os.mknod(there / "b.py", stat.S_IFSOCK | 0o600)
    write(folder / "class" / "ada", "homework.py", HONEST)
    return folder / "class"
