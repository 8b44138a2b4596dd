"""A zip of a few kilobytes with a notebook of a gigabyte in it."""

from __future__ import annotations

import zipfile
from pathlib import Path

from tests.attacks.attack import HONEST

WHAT = "class"
BROKEN = ("eve",)


def make(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "class.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("ada/homework.py", HONEST)
        with file.open("eve/homework.ipynb", "w", force_zip64=True) as member:
            for _ in range(128):
                member.write(bytes(1024**2))
    return path
