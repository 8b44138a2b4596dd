"""The one place where a child may write, and how it is made empty again for the next one."""

from __future__ import annotations

import itertools
import os
import stat
from contextlib import suppress
from pathlib import Path

BATCH = 10_000
"""Directory entries looked at in one go: a child may have made millions."""


class Scratch:
    """A directory for everything that a submission writes: ``work`` (where it runs), ``home``, and the rest.

    In the sandbox it is ``/tmp``, all of the file system that is not read-only; in a plain process, a private folder.
    """

    def __init__(self, path: str) -> None:
        self.path = Path(path)
        self._mode = stat.S_IMODE(self.path.stat().st_mode)

    @property
    def work(self) -> Path:
        return self.path / "work"

    def prepare(self) -> None:
        """Make the empty directories that a submission finds."""
        self.work.mkdir()
        (self.path / "home").mkdir()

    def empty(self) -> None:
        """Remove all that was left behind, by whatever name, mode or depth. Raises OSError where something stays.

        No process of a child may be running any more.
        """
        # What can be done to the directory itself could carry a message, too. Where it is not the user's: suppressed.
        with suppress(OSError):
            self.path.chmod(self._mode)
        if hasattr(os, "listxattr"):
            for name in os.listxattr(self.path):
                with suppress(OSError):
                    os.removexattr(self.path, name)
        top = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            empty(top)
        finally:
            os.close(top)
        with suppress(OSError):
            os.utime(self.path, (0, 0))


def empty(top: int) -> None:
    """Remove all entries of an open directory, whatever its path leads to by now. Raises OSError where one stays.

    A directory inside a directory is first moved up to ``top``: a tree of any depth is taken apart with no recursion,
    no long paths and one more open file.
    """
    prefix = os.urandom(16).hex()
    moved_up = (f"{prefix}-{number}" for number in itertools.count())
    while names := _some_names(top):
        for name in names:
            if _unlink(name, top):
                continue
            os.chmod(name, 0o700, dir_fd=top)
            inner = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=top)
            try:
                while inner_names := _some_names(inner):
                    for inner_name in inner_names:
                        if not _unlink(inner_name, inner):
                            os.chmod(inner_name, 0o700, dir_fd=inner)  # moving it changes its `..`
                            os.rename(inner_name, next(moved_up), src_dir_fd=inner, dst_dir_fd=top)
            finally:
                os.close(inner)
            os.rmdir(name, dir_fd=top)


def _some_names(directory: int) -> list[str]:
    with os.scandir(directory) as entries:
        return [entry.name for entry in itertools.islice(entries, BATCH)]


def _unlink(name: str, directory: int) -> bool:
    """Remove a file, link or socket. False: it is a directory."""
    try:
        os.unlink(name, dir_fd=directory)
    except (IsADirectoryError, PermissionError):  # the latter is POSIX's answer for a directory
        return False
    return True
