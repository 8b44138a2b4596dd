"""Constants that a compiler would fold into gigabytes."""

from __future__ import annotations

from pathlib import Path

from tests.attacks.built import code, honest, write

ENDS = ("completed", "failed", "timeout", "memory")


def make(folder: Path) -> Path:
    kinds = (
        "if 0: 9**9**9",
        "if 0: 'a' * 10**10",
        "if 0: ((1,) * 100) * 10**9",
        "if 0: 1 << 10**12",
        "x = " + "9" * 60_000,
    )
    return write(folder, "homework.ipynb", honest(*map(code, kinds)))
