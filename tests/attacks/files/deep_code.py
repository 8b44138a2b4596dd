"""Code nested as deeply as it can be written, in every way that Python knows: each in a cell of its own."""

from __future__ import annotations

from pathlib import Path

from tests.attacks.built import code, honest, write

ENDS = ("completed", "failed")
KINDS = (
    "(" * 5_000 + ")" * 5_000, "-" * 50_000 + "1", "not " * 5_000 + "1", "a" + ".a" * 15_000,
    "f(" * 5_000 + ")" * 5_000,
    "f" + "()" * 10_000, "a" + "[0]" * 10_000, "1" + "+1" * 10_000, "1" + "<1" * 10_000, "lambda:" * 5_000 + "1",
    "1 if 1 else " * 3_000 + "1", "{1:" * 3_000 + "1" + "}" * 3_000, "[" * 5_000 + "]" * 5_000, "x=" * 10_000 + "1",
    "(a:=" * 3_000 + "1" + ")" * 3_000, "await " * 5_000 + "x", "1" + "**1" * 10_000, "'a' " * 5_000,
    "(a for a in " * 2_000 + "b" + ")" * 2_000, "[a" + " for a in b" * 1_500 + "]",
    # With a second line, so that they are searched for statements that can run; and with a sign of IPython's.
    "(" * 5_000 + ")" * 5_000 + "\nx = 1", "-" * 20_000 + "1\nx = 1", "%time\n" + "(" * 5_000 + ")" * 5_000,
)  # fmt: skip


def make(folder: Path) -> Path:
    return write(folder, "homework.ipynb", honest(*map(code, KINDS)))
