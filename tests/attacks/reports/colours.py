"""Colours, and text that is there and cannot be seen."""

from __future__ import annotations

from pathlib import Path

from tests.attacks.everywhere import hand_in

TEXTS = (
    "\x1b[31mred\x1b[0m \x1b[8mhidden\x1b[28m \x1b[38;2;0;0;0mblack",
    "\x1b[1;5;7mblinks",
)
SHOWN = r"\x1b[31mred\x1b[0m"


def make(folder: Path) -> Path:
    return hand_in(folder, TEXTS, "colours")
