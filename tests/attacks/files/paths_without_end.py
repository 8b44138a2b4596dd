"""Paths of two thousand characters, of one student and of files that lie beside the work."""

from __future__ import annotations

from pathlib import Path

from tests.attacks.attack import HONEST
from tests.attacks.built import SECRET, zipped

WHAT = "class"


def make(folder: Path) -> Path:
    deep = "/".join(["\U0001f600" * 60] * 30)
    work = {f"eve/{deep}/{number}/homework.py": f"{HONEST}# {number}\n" for number in range(3)}
    beside = {f"eve/{deep}/{number}{'x' * 100}.csv": "1" for number in range(300)}
    others = {"ada/homework.py": HONEST, "ada/helper.py": f"word = {SECRET!r}\n"}
    return zipped(folder / "class.zip", {**others, **work, **beside})
