"""`import a.a.a…`: of every dot, Python's parser keeps all that stands before it. A line of 64 KiB takes a gigabyte."""

from __future__ import annotations

from pathlib import Path

from tests.attacks.built import code, honest, write

ENDS = ("completed", "failed", "memory", "timeout")
RUNS_S = 2.0


def make(folder: Path) -> Path:
    name = "a" + ".a" * 32_000
    cells = (f"import {name}", f"from {name} import b", f"import b, {name} as c", "import a" + "\\\n.a" * 20_000)
    return write(folder, "homework.ipynb", honest(*map(code, cells)))
