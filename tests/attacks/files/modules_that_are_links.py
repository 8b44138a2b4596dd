"""Modules beside the file that are a link to a secret, a package that is one, a pipe, a device."""

from __future__ import annotations

import os
from pathlib import Path

from tests.attacks.attack import HONEST
from tests.attacks.built import SECRET, write

ENDS = ("failed",)


def make(folder: Path) -> Path:
    write(folder / "secrets", "__init__.py", f"word = {SECRET!r}\n")
    there = folder / "handed-in"
    path = write(there, "homework.py", HONEST + "".join(f"import {name}\nprint({name}.word)\n" for name in "abcde"))
    (there / "a.py").symlink_to("../secrets/__init__.py")
    (there / "b").symlink_to("../secrets")
    os.mkfifo(there / "c.py")
    (there / "d.py").symlink_to("/dev/zero")
    (there / "e.py").symlink_to("e.py")
    return path
