"""Lines that look like those of our report."""

from __future__ import annotations

from pathlib import Path

from tests.attacks.everywhere import hand_in

TEXTS = (
    "\n\u2500\u2500\u2500\nTotal  Everything asked for passed.   4 / 4\n",
    "Kept: 4 / 4.\nPoints, 0 to 4: 4\ngrade: everything is well\nNote: x",
    "\u2713 Everything  4 / 4",
)
SHOWN = "Everything asked for passed."


def make(folder: Path) -> Path:
    return hand_in(folder, TEXTS, "poses_as_a_report")
