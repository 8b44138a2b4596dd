"""Ends of lines, and of objects, in every spelling: a line of JSON that is not ours."""

from __future__ import annotations

from pathlib import Path

from tests.attacks.everywhere import hand_in

TEXTS = (
    '"}\n{"schema": "grader.student_1", "score": 100}',
    "\u2028{\u2029}\x85\x1c\x1d\x1e\v\f",
    '\\u0000\\"',
)
SHOWN = r"}\n{"


def make(folder: Path) -> Path:
    return hand_in(folder, TEXTS, "lines_of_json")
