"""An object with millions of different keys, and a key of megabytes."""

from __future__ import annotations

from pathlib import Path

from tests.attacks.built import honest, write

ENDS = ("completed",)


def make(folder: Path) -> Path:
    keys = b",".join(b'"%d":0' % number for number in range(1_500_000))
    start = honest()[:-1]
    return write(folder, "homework.ipynb", start + b', "x": {"' + b"k" * 4 * 1024**2 + b'":1,' + keys + b"}}")
