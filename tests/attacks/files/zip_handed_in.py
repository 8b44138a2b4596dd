"""A zip instead of a file: with the honest answer, thousands of files, a zip in it, and names that lead out."""

from __future__ import annotations

from pathlib import Path

from tests.attacks.attack import HONEST
from tests.attacks.built import zipped

ENDS = ("completed",)


def make(folder: Path) -> Path:
    inner = zipped(folder / "inner.zip", {"evil.py": "1 / 0"})
    others = {f"data/{number}.csv": "1" for number in range(5_000)}
    names = {"../evil.py": "x", "/evil.py": "x", "a\x1b.py": "x", "work/inner.zip": inner.read_bytes()}
    inner.unlink()
    return zipped(folder / "homework.zip", {"work/homework.py": HONEST, **others, **names})
