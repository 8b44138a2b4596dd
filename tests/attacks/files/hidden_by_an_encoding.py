"""A script in UTF-7 and one with escapes: honest code for those who read it by its cookie."""

from __future__ import annotations

from pathlib import Path

from tests.attacks.attack import HONEST
from tests.attacks.built import write

ENDS = ("completed", "failed")
SCORE = None


def make(folder: Path) -> Path:
    return write(folder, "homework.py", "# coding: utf-7\n" + HONEST.replace("=", "+AD0-"))
