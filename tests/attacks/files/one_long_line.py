"""A line of hundreds of kilobytes: of an f-string, whose parsing takes the square of that."""

from __future__ import annotations

from pathlib import Path

from tests.attacks.built import code, honest, write

ENDS = ("completed", "failed", "timeout")
RUNS_S = 2.0


def make(folder: Path) -> Path:
    return write(folder, "homework.ipynb", honest(code("x = f'" + "{1}" * 130_000 + "'")))
