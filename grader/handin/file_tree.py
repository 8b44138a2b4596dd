"""What a folder and a zip have in common: a list of files, each of which can be read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from grader.handin.remarks import Remark

UNREADABLE = "(a folder that cannot be read)"
"""Stands for the files in such a folder, so that whoever handed it in is told, and is not said to have no files."""
MAX_FILES = 100_000
"""More than any class hands in, and few enough to list."""


class FileTree(Protocol):
    """All files below a root. Paths are relative to it, with ``/``, in Unicode's composed form (NFC)."""

    @property
    def name(self) -> str:
        """The folder's name, or the archive's without its suffix."""

    @property
    def sizes(self) -> Mapping[str, int]:
        """The path of every file, with its size in bytes as the file system or the archive states it."""

    @property
    def folders(self) -> tuple[str, ...]:
        """The paths of folders, at least of those that hold no file."""

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """What cannot or will not be read."""

    def read(self, path: str, limit: int) -> bytes:
        """At most ``limit`` bytes of a file. Raises SubmissionError where the file cannot be read."""

    def close(self) -> None:
        """Release the archive. Nothing can be read afterwards."""
