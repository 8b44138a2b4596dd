"""NaN, infinities and numbers beyond all numbers, which JSON does not have."""

from __future__ import annotations

from pathlib import Path

from tests.attacks.built import code, honest, write

ENDS = ("completed",)


def make(folder: Path) -> Path:
    content = honest(code("", execution_count="?"), nbformat_minor="??")
    return write(folder, "homework.ipynb", content.replace(b'"??"', b"NaN").replace(b'"?"', b"[-Infinity, 1e999]"))
