"""Folders and files of a class with every name that a file system takes."""

from __future__ import annotations

import os
from pathlib import Path

from tests.attacks.attack import HONEST
from tests.attacks.built import write

WHAT = "class"
NAMES: tuple[str | bytes, ...] = (
    b"\xff\xfe", "a\n::error::b", "-rf", "=1+1", "<b>", "$(id)", "a;b|c&d", "\u202eada", "con", "a" * 250,
    " ", "\t", "\x1b[31m", "%s%n", "{0}", "\\", "'", '"', "*",
)  # fmt: skip


def make(folder: Path) -> Path:
    for name in NAMES:
        there = Path(os.fsdecode(os.path.join(os.fsencode(folder / "class"), os.fsencode(name))))  # noqa: PTH118 - of bytes
        write(there, "homework.py", HONEST)
    return folder / "class"
