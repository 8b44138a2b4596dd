"""Whether two folders hold the same course, byte for byte.

A checkout of the grader's repository has the course that comes with the grader. Whoever grades in it is judged by the
built-in course, also where the installed grader has a copy of its own. This module imports nothing large, as
``course_folder``.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

_COMPILED = "__pycache__"
"""What installing adds to the copy that comes with the grader. In another course it counts as a file like any other,
since Python may run it in the place of the module beside it."""


def same_files(found: Path, known: Path, parts: Iterable[str]) -> bool:
    """Whether these parts of a course, files and folders, are those of a course that is trusted: ``known``.

    Links and special files are never the same, so that nothing is read but files of ``known``'s sizes.
    """
    try:
        for part in parts:
            wanted = {path: size for path, size in _files(known / part) if _COMPILED not in Path(path).parts}
            here: dict[str, int] = {}
            for path, size in _files(found / part):
                if wanted.get(path) != size:
                    return False
                here[path] = size
            if len(here) != len(wanted):
                return False
            if any((found / part / path).read_bytes() != (known / part / path).read_bytes() for path in here):
                return False
    except OSError:
        return False
    return True


def _files(top: Path) -> Iterator[tuple[str, int]]:
    """The files of a folder or, with an empty path, the file itself, and their sizes; -1: a link or a special file.
    Hidden files are no part of a course: nothing reads or imports them.
    """
    if top.is_dir() and not top.is_symlink():
        waiting = [""]
        while waiting:
            folder = waiting.pop()
            with os.scandir(top / folder) as entries:
                for entry in entries:
                    if entry.name.startswith("."):
                        continue
                    path = f"{folder}/{entry.name}" if folder else entry.name
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(path)
                    else:
                        yield path, _size(entry)
    elif top.is_symlink() or top.exists():
        yield "", top.stat().st_size if top.is_file() and not top.is_symlink() else -1


def _size(entry: os.DirEntry[str]) -> int:
    return entry.stat().st_size if entry.is_file(follow_symlinks=False) else -1
