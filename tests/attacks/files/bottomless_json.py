"""JSON that is nested ten million levels deep, in a file of ten megabytes."""

from __future__ import annotations

from pathlib import Path

from tests.attacks.built import write

SAYS = "lists and objects"


def make(folder: Path) -> Path:
    return write(folder, "homework.ipynb", b'{"cells":' + b"[" * 10_000_000)
