"""Bells, backspaces, returns to the start of the line, tabs and feeds."""

from __future__ import annotations

from pathlib import Path

from tests.attacks.everywhere import hand_in

TEXTS = (
    "0 / 4\r4 / 4 \x08\x08\x08\x07\x0b\x0c\x0e\x0f\x7f\x05",
    "a\rb\x1d\x1e\x1f",
)
SHOWN = r"4 / 4 \x08\x08"


def make(folder: Path) -> Path:
    return hand_in(folder, TEXTS, "old_terminals")
