"""Students' own zips beside an honest answer: a bomb, a zip in a zip, names that lead out, a link, damage, too many."""

from __future__ import annotations

import zipfile
from pathlib import Path

from tests.attacks.attack import HONEST
from tests.attacks.built import SECRET, write, zipped

WHAT = "class"
SAYS = "Not opened"


def make(folder: Path) -> Path:
    write(folder / "class" / "ada", "homework.py", HONEST)
    write(folder / "class" / "ada", "helper.py", f"word = {SECRET!r}\n")
    there = write(folder / "class" / "eve", "homework.py", HONEST + "open('../ada/helper.py')\n").parent
    bomb = zipped(folder / "bomb.zip", {f"{number}.py": bytes(30 * 1024**2) for number in range(9)})
    bomb.rename(there / "bomb.zip")
    zipped(there / "many.zip", {f"{number}.csv": "" for number in range(2_001)})
    zipped(there / "zip.zip", {"inner.zip": (there / "many.zip").read_bytes()})
    link = zipfile.ZipInfo("copied.py")
    link.create_system, link.external_attr = 3, 0o120777 << 16
    zipped(there / "out.zip", [("../ada/homework.py", "x"), ("/etc/x.py", "x"), (link, "../ada/helper.py")])
    write(there, "cut.zip", (there / "many.zip").read_bytes()[:1_000])
    write(there, "none.zip", "words")
    for number in range(12):
        zipped(there / f"more-{number}.zip", {"data.csv": str(number)})
    return folder / "class"
