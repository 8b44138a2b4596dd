"""Notes that make a reader of Markdown go back and forth: quotations, fences, lists, definitions."""

from __future__ import annotations

from pathlib import Path

from tests.attacks.attack import HONEST
from tests.attacks.built import write

ENDS = ("completed",)
UNITS = (
    "> ",
    "- ",
    "`",
    "[a]: b\n",
    "[",
    "<!-- ",
    "*",
    "_",
    "# a\n",
    "a\n=",
    "1. ",
    "\ta\n",
    "> - ",
    "```\n```\n",
    "[a\n",
)


def make(folder: Path) -> Path:
    parts = "\n\n".join(unit * (15_000 // len(unit)) for unit in UNITS)
    return write(folder, "homework.md", f"```python\n{HONEST}```\n\n{parts}\n")
