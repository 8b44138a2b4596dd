"""Null characters, halves of characters, and what no text may hold."""

from __future__ import annotations

from pathlib import Path

from tests.attacks.everywhere import hand_in

TEXTS = (
    "a\0b",
    "\ud800\udfff \udc80",
    "\ufffe\uffff\U0010ffff\ufdd0",
)
SHOWN = r"a\x00b"


def make(folder: Path) -> Path:
    return hand_in(folder, TEXTS, "signs_that_are_none")
