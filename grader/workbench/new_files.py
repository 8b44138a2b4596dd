"""Writes new files into a folder: all of them or none, and over nothing."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from grader.errors import UsageError, reason_of
from grader.model import WrittenFile


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFile:
    """A file that is to be written."""

    file: WrittenFile
    content: bytes


def write_new(root: Path, files: Sequence[NewFile]) -> None:
    """Write files, by their paths below ``root``, and the folders that they need.

    Raises UsageError if one of them is there already, or cannot be written; then nothing is left behind.
    """
    there = [new.file.path for new in files if _is_there(root / new.file.path)]
    if there:
        raise UsageError(f"Nothing was written, since nothing is overwritten: {_listed(there)} in {root}.")
    written: list[Path] = []
    folders: list[Path] = []
    try:
        for new in files:
            path = root / new.file.path
            for folder in reversed([each for each in path.parents if not each.exists()]):
                folder.mkdir()
                folders.append(folder)
            with path.open("xb") as stream:
                written.append(path)
                stream.write(new.content)
    except BaseException as error:
        for path in written:
            with suppress(OSError):
                path.unlink()
        for folder in reversed(folders):
            with suppress(OSError):
                folder.rmdir()
        if isinstance(error, OSError):
            raise UsageError(f"{path} cannot be written: {reason_of(error)}. Nothing was written.") from None
        raise


def _is_there(path: Path) -> bool:
    return path.exists() or path.is_symlink()


def _listed(paths: Sequence[str]) -> str:
    return f"there is {paths[0]} already" if len(paths) == 1 else f"there are {', '.join(paths)} already"
