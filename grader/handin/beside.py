"""What lies beside a single file that is graded. Its folder may be a home, so little of it is looked at."""

from __future__ import annotations

import fnmatch
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path

from grader.errors import SubmissionError
from grader.handin.folder import Folder, open_folder
from grader.handin.handins import HandedFile
from grader.handin.named_files import named_files
from grader.handin.skipped_files import ENVIRONMENT_FILE, is_skipped_folder, lies_in_course, own_paths
from grader.handin.work_files import WorkFiles
from grader.text_bounds import bounded_path

MAX_ENTRIES = 2_000
"""How many files and folders are looked at until it is clear whether a folder is small."""


def small_folder(folder: Path, max_files: int, max_bytes: int) -> Folder | None:
    """A folder, if it has so few files and bytes, in all folders below it, that all of it may belong to one file."""
    entries = files = size = 0
    waiting = [folder]
    try:
        while waiting:
            place = waiting.pop()
            if place != folder and (place / ENVIRONMENT_FILE).exists():
                continue
            with os.scandir(place) as found:
                for entry in found:
                    entries += 1
                    if entry.is_dir(follow_symlinks=False):
                        if not is_skipped_folder(entry.name):
                            waiting.append(Path(entry.path))
                    elif entry.is_file(follow_symlinks=False):
                        files += 1
                        size += entry.stat(follow_symlinks=False).st_size
                    if entries > MAX_ENTRIES or files > max_files or size > max_bytes:
                        return None
        return open_folder(folder)
    except (OSError, SubmissionError):
        return None


def files_named_by(code: Iterable[str], folder: Path, limit: int) -> list[HandedFile]:
    """The files of a folder that code names. No link is followed, and nothing outside of the folder is looked at."""
    places = _OnDisk(folder, limit)
    tree = Folder(name=folder.name, sizes={}, folders=(), remarks=(), system_paths=places.paths)

    def read(name: str) -> bytes:
        with suppress(SubmissionError):
            return tree.read(name, 1024**2)
        return b""

    found = named_files(code, places, read, limit)
    kept = own_paths(found, (), WorkFiles()).files
    return [
        HandedFile(path=str(folder / name), name=bounded_path(name), size=places.sizes[name], key=name, tree=tree)
        for name in kept
    ]


class _OnDisk:
    """Looks up what code names in the file system. ``paths`` and ``sizes`` are of what was found, by name."""

    def __init__(self, folder: Path, limit: int) -> None:
        self._folder = folder.resolve()
        self._limit = limit
        self._entries_left = 10 * MAX_ENTRIES
        self.paths: dict[str, Path] = {}
        self.sizes: dict[str, int] = {}

    def files_at(self, path: str) -> Iterator[str]:
        place = self._folder / path
        with suppress(OSError, ValueError, RuntimeError):
            if self._is_inside(place):
                if place.is_file():
                    yield from self._found(place)
                elif place.is_dir():
                    yield from self._below(place)

    def matching(self, pattern: str) -> Iterator[str]:
        above, _, last = pattern.rpartition("/")
        place = self._folder / above
        with suppress(OSError, ValueError, RuntimeError):
            if self._is_inside(place):
                with os.scandir(place) as entries:
                    names = [entry.name for entry in islice(entries, MAX_ENTRIES) if entry.is_file()]
                for name in fnmatch.filter(sorted(names), last):
                    yield from self._found(place / name)

    def _below(self, folder: Path) -> Iterator[str]:
        for parent, folders, files in os.walk(folder):
            folders[:] = sorted(name for name in folders if not is_skipped_folder(name))
            self._entries_left -= len(folders) + len(files) + 1
            if self._entries_left < 0:
                return
            for name in sorted(files):
                yield from self._found(Path(parent, name))

    def _found(self, place: Path) -> Iterator[str]:
        if not place.is_file() or place.is_symlink() or lies_in_course(place, self._folder):
            return
        name = place.relative_to(self._folder).as_posix()
        self.paths[name] = place
        self.sizes[name] = place.stat().st_size
        yield name

    def _is_inside(self, place: Path) -> bool:
        """Whether a path is in the folder, with no link on the way."""
        normal = Path(os.path.normpath(place))
        return normal.is_relative_to(self._folder) and normal.resolve() == normal
