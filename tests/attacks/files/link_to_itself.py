"""A link to itself."""

from __future__ import annotations

from pathlib import Path

SAYS = "a link that leads nowhere"


def make(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "homework.py"
    path.symlink_to(path.name)
    return path
