"""A link to a device that never ends."""

from __future__ import annotations

from pathlib import Path

SAYS = "a link that leads out of its folder"


def make(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "homework.py"
    path.symlink_to("/dev/zero")
    return path
