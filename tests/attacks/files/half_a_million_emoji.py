"""Code of two megabytes, and of six where each emoji is twelve bytes of JSON."""

from __future__ import annotations

from pathlib import Path

from tests.attacks.attack import HONEST
from tests.attacks.built import write

ENDS = ("completed",)
IN_EVERY_BATCH = True


def make(folder: Path) -> Path:
    return write(folder, "homework.py", HONEST + "1 #" + "\U0001f600" * 500_000)
