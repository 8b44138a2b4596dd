"""A zip in a zip in a zip: nothing is unpacked that was not asked for, and nobody is lost."""

from __future__ import annotations

from pathlib import Path

from tests.attacks.attack import HONEST
from tests.attacks.built import zipped

WHAT = "class"


def make(folder: Path) -> Path:
    inner = b"x" * 1000
    for depth in range(20):
        inner = zipped(folder / "inner.zip", {f"{depth}.zip": inner}).read_bytes()
    (folder / "inner.zip").unlink()
    return zipped(folder / "class.zip", {"ada/homework.py": HONEST, "eve/work.zip": inner, "eve/homework.py": HONEST})
