"""Thirty-two megabytes of numbers in an output, as a plot that can be turned has them. That is allowed."""

from __future__ import annotations

import json
from pathlib import Path

from tests.attacks.attack import HONEST
from tests.attacks.built import code, filled

ENDS = ("completed",)


def make(folder: Path) -> Path:
    cell = json.dumps(code(HONEST)).encode().replace(b'"outputs": []', b'"outputs": [{"data": [')
    return filled(folder, "homework.ipynb", b"1.5e0,", head=b'{"nbformat":4,"cells":[' + cell[:-1], tail=b"1]}]}]}")
