"""A script in an encoding that is a program of its own, or that costs the square of its length."""

from __future__ import annotations

from pathlib import Path

from tests.attacks.attack import HONEST
from tests.attacks.built import write

SAYS = "encoding cannot be used"
COOKIES = ("idna", "punycode", "zlib", "rot13", "unicode_escape_", "base64")


def make(folder: Path) -> Path:
    paths = [write(folder, f"{name}.py", f"# -*- coding: {name} -*-\n{HONEST}") for name in COOKIES]
    return paths[0]
