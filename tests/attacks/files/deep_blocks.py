"""Branches, handlers, decorators and cases by the thousand, and blocks inside of blocks."""

from __future__ import annotations

from pathlib import Path

from tests.attacks.built import code, honest, write

ENDS = ("completed", "failed")
KINDS = (
    "if 0: pass\n" + "elif 0: pass\n" * 8_000, "try: pass\nexcept: pass\n" * 4_000, "@a\n" * 8_000 + "def f(): pass",
    "".join(" " * depth + "if 0:\n" for depth in range(300)) + " " * 300 + "x",
    "".join(" " * depth + "class A:\n" for depth in range(99)) + " " * 99 + "x = 1",
    "with " + ",".join(["a"] * 5_000) + ": pass", "match 1:\n" + " case 2: pass\n" * 5_000,
    "match 1:\n case " + "[" * 3_000 + "]" * 3_000 + ": pass", "x = 1; " * 8_000, "a = 1\\\n" * 8_000 + "\n1",
)  # fmt: skip


def make(folder: Path) -> Path:
    return write(folder, "homework.ipynb", honest(*map(code, KINDS)))
