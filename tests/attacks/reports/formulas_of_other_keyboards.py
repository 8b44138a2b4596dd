"""The same in full width, and behind a semicolon, where spreadsheets of half the world part their cells."""

from __future__ import annotations

from pathlib import Path

from tests.attacks.everywhere import hand_in

TEXTS = (
    "\uff1dcmd|x",
    "\uff0b1",
    "\uff20SUM(1)",
    "\u3000=1+1",
    "ada;=1+1",
)
SHOWN = "\uff1dcmd"


def make(folder: Path) -> Path:
    return hand_in(folder, TEXTS, "formulas_of_other_keyboards")
