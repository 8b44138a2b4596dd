"""Files below one root, behind one small interface: a folder here, a zip in ``archive``."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from grader.classroom.intake.skipped_files import ENVIRONMENT, is_skipped_folder
from grader.classroom.intake.words import some
from grader.errors import SubmissionError

MAX_FILES = 100_000
"""More than any class hands in, and few enough to list."""


class Tree(Protocol):
    """Paths are relative, with ``/``, in Unicode's composed form (NFC)."""

    @property
    def name(self) -> str:
        """The folder's name, or the archive's without its suffix."""

    @property
    def sizes(self) -> Mapping[str, int]:
        """Every file's path, and its bytes as far as is known before it is read."""

    @property
    def folders(self) -> tuple[str, ...]:
        """Folders, at least those that hold no file."""

    @property
    def notices(self) -> tuple[str, ...]:
        """What cannot be read or will not be, in words."""

    def read(self, path: str, limit: int) -> bytes:
        """At most ``limit`` bytes of a file. Raises SubmissionError where they cannot be had."""

    def close(self) -> None:
        """Nothing can be read after this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """A folder of the file system, without what links lead to: that may be another student's work, or a solution."""

    name: str
    sizes: Mapping[str, int]
    folders: tuple[str, ...]
    notices: tuple[str, ...]
    places: Mapping[str, Path] = field(repr=False)

    def read(self, path: str, limit: int) -> bytes:
        try:
            with open(self.places[path], "rb", opener=_open_itself) as file:
                return file.read(limit)
        except OSError as error:
            raise SubmissionError(f"{path}: the file cannot be read: {reason_of(error)}.") from None

    def close(self) -> None:
        """A folder needs none."""


def open_folder(path: Path) -> Folder:
    """Lists a folder. Raises SubmissionError where that is not possible, or where it holds too much."""
    root = path.resolve()
    try:
        next(root.iterdir(), None)
    except OSError as error:
        raise SubmissionError(f"{path}: the folder cannot be read: {reason_of(error)}.") from None
    places: dict[str, Path] = {}
    sizes: dict[str, int] = {}
    folders: list[str] = []
    links: list[str] = []
    unreadable: list[str] = []
    doubled: list[str] = []
    for place in _walk(root, lambda error: unreadable.append(_relative(error.filename, root))):
        relative = _relative(place, root)
        try:
            if place.is_symlink():
                links.append(relative)
            elif place.is_dir():
                folders.append(relative)
            elif not place.is_file():  # a pipe, a device
                unreadable.append(relative)
            elif relative in sizes:  # two spellings of one name
                doubled.append(relative)
            else:
                sizes[relative], places[relative] = place.stat().st_size, place
        except OSError:  # forbidden, or gone by now
            unreadable.append(relative)
        if len(sizes) > MAX_FILES:
            raise SubmissionError(f"{path}: more than {MAX_FILES:,} files. Is this the folder that was meant?")
    passed_over = {
        "Links that were not followed": links,
        "Passed over, because they cannot be read": unreadable,
        "Passed over, because another file's name looks the same": doubled,
    }
    notices = tuple(f"{words}: {some(paths)}." for words, paths in passed_over.items() if paths)
    return Folder(name=root.name, sizes=sizes, folders=tuple(folders), notices=notices, places=places)


def _walk(root: Path, fail: Callable[[OSError], None]) -> Iterator[Path]:
    """Everything below a folder. Folders that hold nobody's work are named, and not looked into."""
    for parent, folders, files in os.walk(root, onerror=fail):
        yield from (Path(parent, name) for name in sorted((*folders, *files)))
        is_environment = ENVIRONMENT in files and Path(parent) != root
        folders[:] = [] if is_environment else [name for name in folders if not is_skipped_folder(name)]


def _open_itself(path: str, flags: int) -> int:
    """Opens a file, and no link or pipe that has taken its place since it was listed."""
    return os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK)


def reason_of(error: OSError) -> str:
    """Why something failed, in the system's words."""
    return error.strerror or str(error)


def _relative(place: Path | str, root: Path) -> str:
    """As text, whatever bytes the name is made of."""
    raw = os.fsencode(os.path.relpath(place, root).replace(os.sep, "/"))
    return unicodedata.normalize("NFC", raw.decode("utf-8", "backslashreplace"))
