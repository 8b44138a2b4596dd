"""Outputs and attachments of many megabytes. They are left aside."""

from __future__ import annotations

from pathlib import Path

from tests.attacks.built import code, honest, write

ENDS = ("completed",)


def make(folder: Path) -> Path:
    picture = {"data": {"image/png": "A" * 10 * 1024**2}, "output_type": "display_data"}
    attached = {"cell_type": "markdown", "source": "![](attachment:a.png)", "attachments": {"a.png": picture["data"]}}
    return write(folder, "homework.ipynb", honest(code("x = 1", outputs=[picture]), attached))
