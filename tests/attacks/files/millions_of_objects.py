"""Thirty-two megabytes of tiny objects, in an output that nobody reads."""

from __future__ import annotations

from pathlib import Path

from tests.attacks.built import filled

SAYS = "more than 2,000,000 lists and objects"


def make(folder: Path) -> Path:
    return filled(folder, "homework.ipynb", b'{"a":1},', head=b'{"cells":[],"metadata":{"x":[', tail=b"{}]}}")
