"""Overrides of the reading order, and signs that take no room."""

from __future__ import annotations

from pathlib import Path

from tests.attacks.everywhere import hand_in

TEXTS = (
    "\u202e4 / 4\u202c \u2066x\u2069 \u200f\u061c",
    "a\u200bb\u2060c\ufeffd\u00ad\u200d\U000e0041",
)
SHOWN = r"\u202e4 / 4"


def make(folder: Path) -> Path:
    return hand_in(folder, TEXTS, "reading_order")
