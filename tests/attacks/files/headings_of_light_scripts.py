"""A script in Jupytext's light format whose header says that it is endless."""

from __future__ import annotations

from pathlib import Path

from tests.attacks.attack import HONEST
from tests.attacks.built import write

ENDS = ("completed",)


def make(folder: Path) -> Path:
    header = "# ---\n# jupyter:\n#   jupytext:\n#     text_representation:\n#       format_name: light\n# ---\n\n"
    return write(folder, "homework.py", header + HONEST + "\n" + "# # a\n#\n" * 3_000)
