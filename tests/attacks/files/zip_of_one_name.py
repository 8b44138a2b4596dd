"""A zip in which one name stands twice, and a second spelling of it."""

from __future__ import annotations

import warnings
from pathlib import Path

from tests.attacks.attack import HONEST
from tests.attacks.built import zipped

WHAT = "class"
SAYS = "More than once in the archive"


def make(folder: Path) -> Path:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return zipped(
            folder / "class.zip",
            [("eve/h.py", "x"), ("eve/./h.py", "y"), ("eve//h.py", HONEST), ("ada/h.py", HONEST)],
        )
