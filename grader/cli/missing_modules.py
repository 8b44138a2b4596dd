"""What submissions import and the Python that runs them does not have: the last part of ``grade doctor FOLDER``."""

from __future__ import annotations

import posixpath
import shlex
import sys
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader import submission
from grader.classroom.intake import read_class
from grader.course.course_folder import find_course, support_of
from grader.errors import GraderError, SubmissionError
from grader.handin import Handin, WorkFiles, read_handin
from grader.handin.name_list import list_names
from grader.handin.reading import stands_for_many
from grader.runtime.protocol.standins import ALWAYS, IF_MISSING
from grader.sandbox.installed_modules import installed_modules
from grader.submission.imported_modules import imported_modules
from grader.submission.known_packages import PACKAGES
from grader.text import count

MAX_NAMES = 2_000
"""Different modules that are looked up."""

Row = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Imports:
    """``files`` are the files that import each module; ``unread`` those that could not be read, with the reason."""

    files: Mapping[str, tuple[str, ...]]
    read: int
    unread: tuple[str, ...]


def imports_of(paths: Sequence[str]) -> Imports:
    """What the submissions at some paths import: files, folders, zips, and those of a class.

    Modules that lie among them are no package's. Raises SubmissionError where there is nothing at a path.
    """
    files: dict[str, dict[str, None]] = {}
    unread: list[str] = []
    own: set[str] = set()
    read = 0
    for path in paths:
        for handin in _handins(path):
            own |= {part for file in handin.everything for part in _modules_of(file.name)}
            for file in handin.files:
                try:
                    cells = submission.read(file.read(), file.path).cells
                except SubmissionError as error:
                    unread.append(str(error))
                    continue
                read += 1
                for name in imported_modules(cell.code for cell in cells):
                    if name in files or len(files) < MAX_NAMES:
                        files.setdefault(name, {})[file.path] = None
    found = {name: tuple(paths) for name, paths in files.items() if name not in own}
    return Imports(files=found, read=read, unread=tuple(unread))


def _handins(path: str) -> Iterator[Handin]:
    if not stands_for_many(path):
        yield read_handin(path, WorkFiles())
        return
    intake = read_class(Path(path))
    try:
        yield from intake.handins
    finally:
        intake.close()


def _modules_of(name: str) -> Iterator[str]:
    """What can be imported of a file of a hand-in: the file, and the folders that it lies in."""
    folder, _, last = name.rpartition("/")
    yield from folder.split("/")
    if last.endswith(".py"):
        yield posixpath.basename(last).removesuffix(".py")


def rows(imports: Imports, python: Path | None) -> Iterator[Row]:
    """What is missing, with the files that need it, and how to install it."""
    there = installed_modules(python, imports.files) | {*ALWAYS, *IF_MISSING, *_of_the_course()}
    missing = {name: files for name, files in imports.files.items() if name not in there}
    yield "read", count(imports.read, "file")
    for text in imports.unread:
        yield "not read", text
    if not missing:
        yield "modules", "everything that they import is there"
        return
    for name, files in sorted(missing.items(), key=lambda item: (-len(item[1]), item[0])):
        yield "missing", textwrap.fill(f"{name}, for {count(len(files), 'file')}: {list_names(files)}", 84)
    packages = sorted(PACKAGES[name] or name for name in missing if name in PACKAGES)
    if packages:
        yield "", "What of this is well known is installed by"
        yield "", f"  {shlex.quote(str(python or sys.executable))} -m pip install {shlex.join(packages)}"
    if any(name not in PACKAGES for name in missing):
        yield "", "Look at the other names before you install a package of that name: students chose them."


def _of_the_course() -> frozenset[str]:
    """The course's helper modules, which submissions can import."""
    try:
        return frozenset(path.stem for folder in support_of(find_course(Path.cwd(), None)) for path in folder.iterdir())
    except (GraderError, OSError):
        return frozenset()
