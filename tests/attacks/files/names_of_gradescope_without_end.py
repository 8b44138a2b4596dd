"""Metadata of Gradescope with names of two million characters, with NUL, and with such that show nothing."""

from __future__ import annotations

import json
from pathlib import Path

from tests.attacks.attack import HONEST
from tests.attacks.built import zipped

WHAT = "class"
NAMES = ("A" * 2_000_000, "\0" * 1_000, "\u3164" * 10, "\u2800", "\U0001f600" * 1_000)


def make(folder: Path) -> Path:
    metadata = "".join(
        f"submission_{number}:\n  :submitters:\n  - :name: {json.dumps(name)}\n    :email: {json.dumps(name)}\n"
        for number, name in enumerate(NAMES)
    )
    work = {f"submission_{number}/homework.py": f"{HONEST}# {number}\n" for number in range(len(NAMES))}
    return zipped(folder / "class.zip", {"submission_metadata.yml": metadata, **work})
