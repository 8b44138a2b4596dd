"""Magics around code that is nested deeply: what they run is taken apart and written anew."""

from __future__ import annotations

from pathlib import Path

from tests.attacks.built import code, honest, write

ENDS = ("completed", "failed")
KINDS = ("-" * 900 + "1", "1" + "+1" * 3_000, "a" + ".a" * 4_000, "(" * 150 + ")" * 150)


def make(folder: Path) -> Path:
    ways = ("%%time\n{}", "%time x = {}", "get_ipython().run_cell_magic('time', '', 'x = {}')")
    return write(folder, "homework.ipynb", honest(*(code(way.format(kind)) for way in ways for kind in KINDS)))
