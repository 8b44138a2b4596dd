"""Thirty-two megabytes of empty lists: Python makes nearly a gigabyte of them."""

from __future__ import annotations

from pathlib import Path

from tests.attacks.built import filled

SAYS = "more than 2,000,000 lists and objects"


def make(folder: Path) -> Path:
    return filled(folder, "homework.ipynb", b"[],", head=b'{"cells":[', tail=b"[]]}")
