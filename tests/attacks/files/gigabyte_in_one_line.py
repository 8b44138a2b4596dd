"""A notebook of a gigabyte in one line, of which the disk holds next to nothing."""

from __future__ import annotations

from pathlib import Path

from tests.attacks.built import write

SAYS = "larger than 32 MiB. Clear its outputs"


def make(folder: Path) -> Path:
    path = write(folder, "homework.ipynb", b'{"cells": [{"cell_type": "code", "source": "')
    with path.open("r+b") as file:
        file.truncate(1024**3)
    return path
