"""A notebook of format 3 with a million cells in a hundred worksheets: converting them costs more than reading them."""

from __future__ import annotations

from pathlib import Path

from tests.attacks.built import filled

SAYS = "cells; at most 10000 are read."


def make(folder: Path) -> Path:
    sheet = b'{"cells":[' + b",".join([b'{"cell_type":"code","input":""}'] * 9_000) + b"]},"
    return filled(folder, "homework.ipynb", sheet, head=b'{"nbformat":3,"worksheets":[', tail=b'{"cells":[]}]}')
