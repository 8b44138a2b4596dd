"""Thirty-two megabytes of line ends, and a mistake after the last: where is it?"""

from __future__ import annotations

from pathlib import Path

from tests.attacks.built import filled

SAYS = "the notebook is damaged: line "


def make(folder: Path) -> Path:
    return filled(folder, "homework.ipynb", b"\n", head=b"{", tail=b"!")
