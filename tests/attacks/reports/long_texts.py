"""Texts without an end, with and without a space, and letters with a hundred accents."""

from __future__ import annotations

from pathlib import Path

from tests.attacks.everywhere import hand_in

TEXTS = (
    "l" * 5_000,
    "word " * 2_000,
    "\u0301" * 500,
    "\n" * 3_000,
)
SHOWN = "lllll"


def make(folder: Path) -> Path:
    return hand_in(folder, TEXTS, "long_texts")
