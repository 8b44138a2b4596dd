"""JSON that is nested 10,000 levels deep."""

from __future__ import annotations

from pathlib import Path

from tests.attacks.built import write

SAYS = "nested too deeply"


def make(folder: Path) -> Path:
    return write(folder, "homework.ipynb", b'{"cells":' + b"[" * 10_000)
