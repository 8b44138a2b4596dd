"""Texts that made regular expressions of ours go back over them again and again."""

from __future__ import annotations

from pathlib import Path

from tests.attacks.built import write

ENDS = ("completed", "failed")
SCORE = None


def make(folder: Path) -> Path:
    title = "---\ntitle: x" + " " * 100_000 + "y\n---\n"
    shown = ">>> x\n" + " " * 100_000 + "x\n"
    quotes = "```python\nx = '''abcdefgh " + '"' * 60_000 + " x'''\n```\n"
    return write(folder, "homework.md", title + quotes + shown + "\n**" + "a*" * 50_000 + "\n")
