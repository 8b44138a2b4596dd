"""The file that ``--output`` names."""

from __future__ import annotations

import os
from pathlib import Path

from grader.cli.streams import OutputError
from grader.errors import UsageError, reason_of


def output_file(text: str) -> Path | None:
    """The file that is written to; None for ``-``, standard output."""
    return None if text == "-" else Path(text)


def check_output(path: Path | None, what: str) -> None:
    """Raises UsageError where ``path`` cannot be written, before a long run whose result would be lost."""
    if path is None:
        return
    try:
        place = path.absolute()
        if place.is_dir():
            raise UsageError(f"{what} cannot be written to {path}: it is a folder. Name a file in it.")
        if not place.exists() and not place.parent.is_dir():
            raise UsageError(f"{what} cannot be written to {path}: there is no folder {path.parent}.")
        if not os.access(place if place.exists() else place.parent, os.W_OK):
            raise UsageError(f"{what} cannot be written to {path}: you may not write there.")
    except (OSError, ValueError) as error:  # a name that is too long, or holds NUL
        raise UsageError(f"{what} cannot be written to {path}: {reason_of(error)}.") from error


def is_one_file(one: Path, other: Path) -> bool:
    """Whether two paths lead to one file, also by links; or would, once there is one."""
    try:
        return one.samefile(other)
    except (OSError, ValueError):  # one of them does not exist, or its name is too long or holds NUL
        try:
            return one.resolve() == other.resolve()
        except (OSError, ValueError):
            return False


def write_file(path: Path, content: bytes, what: str, *, append: bool = False) -> None:
    """Write all of a file, or with ``append`` at its end, on a line of its own. Raises UsageError where that is not
    possible, and OutputError where it is a pipe that nobody reads any more.
    """
    try:
        begun = append and _is_line_begun(path)
        with path.open("ab" if append else "wb") as file:
            file.write(b"\n" + content if begun else content)
    except BrokenPipeError as error:
        raise OutputError(error) from None
    except (OSError, ValueError) as error:
        raise UsageError(f"{what} could not be written to {path}: {reason_of(error)}.") from error


def _is_line_begun(path: Path) -> bool:
    """Whether others have written a last line without its end."""
    try:
        if not path.is_file():  # nothing can be read of a pipe or a terminal
            return False
        with path.open("rb") as file:
            file.seek(-1, os.SEEK_END)
            return file.read(1) != b"\n"
    except (OSError, ValueError):  # empty, or not readable
        return False
