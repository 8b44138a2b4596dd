"""Digests of what results depend on: the same digest, the same result."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parents[1]
RUNTIME = PACKAGE / "runtime"


@cache
def of_grader() -> str:
    """Of the grader's own code, all of it: a release, or a change that was made by hand."""
    return _of_files(PACKAGE, "*.py")


@cache
def of_runtime() -> str:
    """Of the part of it that runs in the sandbox."""
    return _of_files(RUNTIME, "*")


def of_folder(folder: Path) -> str:
    """Of all files of a folder, less what Python leaves behind."""
    return _of_files(folder, "*")


def of_parts(*parts: object) -> str:
    """Of bytes, and of other values by their ``repr``, each told apart from the next."""
    digest = hashlib.sha256()
    for part in parts:
        raw = part if isinstance(part, bytes) else repr(part).encode("utf-8", "surrogatepass")
        digest.update(len(raw).to_bytes(8, "big") + raw)
    return digest.hexdigest()


def _of_files(folder: Path, pattern: str) -> str:
    files = (path for path in sorted(folder.rglob(pattern)) if path.is_file() and "__pycache__" not in path.parts)
    return of_parts(*(part for path in files for part in (path.relative_to(folder).as_posix(), path.read_bytes())))
