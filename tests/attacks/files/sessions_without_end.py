"""Console sessions whose every line may be code, output or text: a parser is asked about each."""

from __future__ import annotations

from pathlib import Path

from tests.attacks.attack import HONEST
from tests.attacks.built import write

ENDS = ("completed", "failed")
KINDS = (
    ">>> (\n" + (" " + "a," * 600 + "\n") * 100, "In [1]:\n" + ("a=1;" * 300 + "\n\n") * 100,
    ">>> x\n" + ("1," * 600 + "\n") * 100 + "x y z\n", ">>> x\n" + ("(" + "1," * 600 + "\n") * 100,
)  # fmt: skip


def make(folder: Path) -> Path:
    return write(folder, "homework.md", f"```python\n{HONEST}```\n\n" + "\n\n".join(KINDS))
