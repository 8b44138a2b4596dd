"""Broken code that takes long to search for what is sound: spaces, headers, brackets."""

from __future__ import annotations

from pathlib import Path

from tests.attacks.built import code, honest, write

ENDS = ("completed", "failed")


def make(folder: Path) -> Path:
    kinds = (
        "".join(" " * depth + "if a:\n" for depth in range(300)), "x" + " " * 60_000 + "$", "def f():\n" * 3_000,
        "try:\nx = 1\n" * 3_000, "x = (\n" * 3_000, "class A:\ndef f(self):\n" * 1_500, "x = 1\\\n" * 3_000,
    )  # fmt: skip
    # With a `%`, so that IPython tokenizes the cells, too.
    return write(folder, "homework.ipynb", honest(*(code(f"y = 1 % 2\n{kind}\n)") for kind in kinds)))
