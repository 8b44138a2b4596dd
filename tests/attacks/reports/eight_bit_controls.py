"""The same commands in one sign each, as C1 controls, which are text in UTF-8."""

from __future__ import annotations

from pathlib import Path

from tests.attacks.everywhere import hand_in

TEXTS = (
    "\x9b31m\x9d52;c;eA==\x9c \x90q\x9c \x84\x85\x8d",
    "\x9b2J",
)
SHOWN = r"\x9b31m"


def make(folder: Path) -> Path:
    return hand_in(folder, TEXTS, "eight_bit_controls")
