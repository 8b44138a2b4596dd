"""What modules of ``files`` build with: notebooks, zips, and the honest answer that must keep its marks."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.attacks.attack import HONEST

SECRET = "what-nobody-handed-in"
"""Stands in files that a hand-in tries to get at."""


def code(source: object, **more: object) -> dict[str, Any]:
    return {"cell_type": "code", "source": source, "metadata": {}, "outputs": [], **more}


def notebook(*cells: object, **more: object) -> dict[str, Any]:
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells), **more}


def honest(*cells: object, **more: object) -> bytes:
    """A notebook that begins with the honest answer."""
    return json.dumps(notebook(code(HONEST), *cells, **more)).encode()


def write(folder: Path, name: str | bytes, content: str | bytes) -> Path:
    import os

    folder.mkdir(parents=True, exist_ok=True)
    path = Path(os.fsdecode(os.path.join(os.fsencode(folder), os.fsencode(name))))  # noqa: PTH118 - of bytes
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass"))
    return path


def filled(folder: Path, name: str, unit: bytes, *, head: bytes, tail: bytes, size: int = 32 * 1024**2) -> Path:
    """A file of at most ``size`` bytes: ``head``, ``unit`` again and again, ``tail``."""
    return write(folder, name, head + unit * ((size - len(head) - len(tail)) // len(unit)) + tail)


def zipped(path: Path, members: Mapping[str, str | bytes] | list[tuple[zipfile.ZipInfo | str, str | bytes]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    pairs = members.items() if isinstance(members, Mapping) else members
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in pairs:
            file.writestr(name, content)
    return path
