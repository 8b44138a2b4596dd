"""A zip without its end, which a broken download leaves."""

from __future__ import annotations

from pathlib import Path

from tests.attacks.attack import HONEST
from tests.attacks.built import zipped

WHAT = "class"
REFUSED = "this zip is damaged, or cut short"


def make(folder: Path) -> Path:
    path = zipped(folder / "class.zip", {"ada/homework.py": HONEST})
    path.write_bytes(path.read_bytes()[:-30])
    return path
