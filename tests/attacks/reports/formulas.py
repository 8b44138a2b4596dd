"""Texts that a spreadsheet takes for formulas."""

from __future__ import annotations

from pathlib import Path

from tests.attacks.everywhere import hand_in

TEXTS = (
    "=cmd|'_c calc'!A1",
    "+1+1",
    "-1+1",
    "@SUM(1)",
    "\t=1+1",
    "\r=1+1",
    "\uff1d1+1",
    "x;=1+1",
    'x; "+1',
    "=HYPERLINK('https:__example.com','x')",
)
SHOWN = "=cmd|"


def make(folder: Path) -> Path:
    return hand_in(folder, TEXTS, "formulas")
