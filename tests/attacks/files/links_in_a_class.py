"""A student whose files are links: to another student's work, to a folder of it, to a solution outside."""

from __future__ import annotations

from pathlib import Path

from tests.attacks.attack import HONEST
from tests.attacks.built import SECRET, write

WHAT = "class"
SAYS = "Links that were not followed"


def make(folder: Path) -> Path:
    write(folder / "solutions", "warm-up.py", f"# {SECRET}\n{HONEST}")
    write(folder / "class" / "ada", "homework.py", HONEST)
    write(folder / "class" / "ada", "helper.py", f"word = {SECRET!r}\n")
    there = write(folder / "class" / "eve", "homework.py", HONEST + "import helper\n").parent
    (there / "helper.py").symlink_to("../ada/helper.py")
    (there / "copied.py").symlink_to("../ada/homework.py")
    (there / "solved.py").symlink_to("../../solutions/warm-up.py")
    (there / "all").symlink_to("../ada")
    return folder / "class"
