"""A file's bytes, read safely, and what to say where there is no such file."""

from __future__ import annotations

import errno
import os
import stat
import sys
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from grader.errors import MissingError, SubmissionError, reason_of
from grader.submission.file_names import SUFFIXES
from grader.submission.size_limits import MAX_BYTES
from grader.suggestions import closest

_NO_PATH = frozenset({errno.ENAMETOOLONG, errno.ENOENT, errno.ENOTDIR, errno.ELOOP})


def read_bytes(path: str, stdin: BinaryIO | None = None) -> bytes:
    """The content of a file, or of standard input for ``-``: at most MAX_BYTES + 1 bytes, so that the caller can tell
    that a file is too large.

    Raises SubmissionError if it cannot be read.
    """
    if path == "-":
        return (stdin or sys.stdin.buffer).read(MAX_BYTES + 1)
    try:
        if _links_outside(Path(path)):
            raise SubmissionError(f"{path}: a link that leads out of its folder. Name the file itself.")
        with open(path, "rb", opener=_open_without_waiting) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise SubmissionError(f"{path}: a pipe or a device, not a file. `grade -` reads a pipe.")
            return file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise missing(path) from None
    except IsADirectoryError:
        raise SubmissionError(f"{path}: this is a folder, not a notebook, script or notes.") from None
    except (OSError, ValueError, RuntimeError) as error:  # RuntimeError: a link to itself
        raise unreadable(path, error) from None


def _open_without_waiting(path: str, flags: int) -> int:
    """Opens a named pipe at once; without O_NONBLOCK, ``open`` waits until somebody writes into it."""
    return os.open(path, flags | os.O_NONBLOCK)


def _links_outside(path: Path) -> bool:
    """Whether a path is a symbolic link whose target is outside of the link's folder."""
    return path.is_symlink() and not path.resolve().is_relative_to(path.parent.resolve())


def unreadable(path: str, error: OSError | ValueError | RuntimeError) -> SubmissionError:
    """The error for a path that the system refuses: because of the file, or because no file can have such a path."""
    no_path = isinstance(error, ValueError) or (isinstance(error, OSError) and error.errno in _NO_PATH)
    kind = MissingError if no_path else SubmissionError
    return kind(f"{path}: the file cannot be read: {reason_of(error)}.")


def missing(path: str) -> MissingError:
    """Suggests the nearest existing name. If a folder of the path is missing, that folder is named instead."""
    wanted = Path(path)
    if wanted.is_symlink():
        return MissingError(f"{path}: a link that leads nowhere.")
    names: list[str] = []
    with suppress(OSError):  # a folder that may not be looked into
        while not wanted.parent.is_dir() and wanted != wanted.parent:
            wanted = wanted.parent
        names = [entry.name for entry in wanted.parent.iterdir()]
    by_stem = {Path(name).stem: name for name in names if name.lower().endswith(SUFFIXES)}
    near = closest(wanted.name, [*by_stem, *names])
    hint = f"; did you mean {wanted.parent / by_stem.get(near, near)}?" if near else "."
    what = "no such file" if wanted == Path(path) else f"there is no folder {wanted}"
    return MissingError(f"{path}: {what}{hint}")
