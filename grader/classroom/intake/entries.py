"""What lies at the top of a class, and what a convention makes of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from grader.model import Student
from grader.submission.file_kinds import SUFFIXES

_MAX_LEVELS = 4
"""How deep wrapping folders may lie in each other, the class itself included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A file, or a folder with the paths of all files below it. ``name`` is the last part of ``path``."""

    name: str
    path: str
    is_folder: bool
    files: tuple[str, ...]

    @property
    def gradable(self) -> bool:
        """Whether anything of it can be graded."""
        return any(map(is_gradable, self.files))


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """An entry, and what its name says: whose it is, and for a file, what the student called it."""

    entry: Entry
    students: tuple[Student, ...]
    name: str
    late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Entries read by one convention. ``unclear`` are those that do not follow it."""

    pieces: tuple[Piece, ...]
    unclear: tuple[Entry, ...] = ()
    notices: tuple[str, ...] = ()


def is_gradable(name: str) -> bool:
    """Whether a name is one of a notebook, a script or notes."""
    return name.lower().endswith(SUFFIXES)


def levels(files: Iterable[str], folders: Iterable[str]) -> Iterator[tuple[Entry, ...]]:
    """What lies at the top; then, as long as that is one folder and no more, what lies in it. ``folders`` add those
    that hold no file."""
    base = ""
    for _ in range(_MAX_LEVELS):
        entries = _entries(files, folders, base)
        yield entries
        if len(entries) != 1 or not entries[0].is_folder:
            return
        base = f"{entries[0].path}/"


def _entries(files: Iterable[str], folders: Iterable[str], base: str) -> tuple[Entry, ...]:
    found: dict[tuple[str, bool], list[str]] = {}
    for path in folders:
        name = path.removeprefix(base).partition("/")[0]
        if path.startswith(base):
            found.setdefault((name, True), [])
    for path in files:
        name, slash, _ = path.removeprefix(base).partition("/")
        if path.startswith(base):
            found.setdefault((name, bool(slash)), []).append(path)
    return tuple(
        Entry(name=name, path=base + name, is_folder=is_folder, files=tuple(sorted(paths)))
        for (name, is_folder), paths in sorted(found.items())
    )
