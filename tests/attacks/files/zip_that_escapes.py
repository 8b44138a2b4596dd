"""A zip whose members lead out of it: upwards, from the root, by drives, backslashes and links."""

from __future__ import annotations

import stat
import zipfile
from pathlib import Path

from tests.attacks.attack import HONEST
from tests.attacks.built import zipped

WHAT = "class"
SAYS = "Refused, because"


def make(folder: Path) -> Path:
    link = zipfile.ZipInfo("eve/solved.py")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    names = (
        "../up.py",
        "eve/../../up.py",
        "/root.py",
        "C:/drive.py",
        "..\\back.py",
        "eve/\x1b[2J.py",
        "a/" * 70 + "deep.py",
    )
    members: list[tuple[zipfile.ZipInfo | str, str | bytes]] = [(name, HONEST) for name in names]
    honest = [("ada/homework.py", HONEST), ("bob/homework.py", HONEST)]
    return zipped(folder / "class.zip", [*members, (link, "/etc/passwd"), *honest])
