"""A link to a solution that lies outside of the folder: whoever is given its marks has answered nothing."""

from __future__ import annotations

from pathlib import Path

from tests.attacks.attack import HONEST
from tests.attacks.built import SECRET, write

SAYS = "a link that leads out of its folder"


def make(folder: Path) -> Path:
    write(folder / "solutions", "warm-up.py", f"# {SECRET}\n{HONEST}")
    path = folder / "handed-in" / "homework.py"
    path.parent.mkdir()
    path.symlink_to("../solutions/warm-up.py")
    return path
