"""Moves of the cursor that write a new report over the old one."""

from __future__ import annotations

from pathlib import Path

from tests.attacks.everywhere import hand_in

TEXTS = (
    "\x1b[2J\x1b[1;1H\x1b[10A\x1b[2K\x1b[?1049h\x1bc",
    "\x1b[999D\x1b[1G  \x1b[3J\x1b7\x1b8\x1b#8",
)
SHOWN = r"\x1b[2J\x1b[1;1H"


def make(folder: Path) -> Path:
    return hand_in(folder, TEXTS, "cursor")
