"""Quotes, commas and lines that would make more cells and rows than there are."""

from __future__ import annotations

from pathlib import Path

from tests.attacks.everywhere import hand_in

TEXTS = (
    'a","100","b',
    '"\n"eve","4","4"\n',
    "a,b;c\td|e",
)
SHOWN = 'a","100'


def make(folder: Path) -> Path:
    return hand_in(folder, TEXTS, "quotes_of_csv")
