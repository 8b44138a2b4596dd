"""A notebook of half a million cells, as many as fit into a file."""

from __future__ import annotations

from pathlib import Path

from tests.attacks.built import filled

SAYS = "cells; at most 10000 are read."


def make(folder: Path) -> Path:
    return filled(
        folder, "homework.ipynb", b'{"cell_type":"code","source":"x = 1"},',
        head=b'{"nbformat":4,"cells":[', tail=b'{"cell_type":"code","source":""}]}', size=20 * 1024**2,
    )  # fmt: skip
