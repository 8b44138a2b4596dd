"""What a class handed in, as values. The content of a file is read only when it is asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from grader.classroom.intake.file_tree import FileTree
from grader.model import Student
from grader.submission.file_formats import SUFFIXES
from grader.submission.size_limits import MAX_BYTES, check_bytes


def is_gradable(name: str) -> bool:
    """Whether a file of this name can be graded: a notebook, a script or notes."""
    return name.lower().endswith(SUFFIXES)


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedFile:
    """A file that a student handed in.

    ``path`` is where it lies in the folder or archive. ``name`` is what the student called it: without the platform's
    prefixes, with the student's own folders (``data/points.csv``). ``size`` is in bytes, as the file system or the
    archive states it.
    """

    path: str
    name: str
    size: int
    tree: FileTree = field(repr=False, compare=False)

    @property
    def gradable(self) -> bool:
        """Whether its name is that of a notebook, a script or notes."""
        return is_gradable(self.name)

    def read(self) -> bytes:
        """Its content. Raises SubmissionError where it is too large, damaged or no longer there."""
        check_bytes(self.size, self.path)
        raw = self.tree.read(self.path, MAX_BYTES + 1)
        check_bytes(len(raw), self.path)
        return raw


@dataclass(frozen=True, slots=True, kw_only=True)
class Handin:
    """What one student, or the students of a group, handed in.

    ``path`` is the folder or file that it lies in. ``files`` can be graded; ``others`` are all other files: data, a
    PDF, an archive. Both are sorted by name. A student without gradable files has a Handin too.
    """

    students: tuple[Student, ...]
    path: str
    files: tuple[HandedFile, ...]
    others: tuple[HandedFile, ...] = ()
    late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """What a class handed in: ``handins`` in the order of the students' names, each student in one of them.

    ``name`` is the folder's name, or the archive's without its suffix. ``platform`` is the id of the platform whose
    names were recognized, or ``plain``. ``notices`` are sentences for the instructor about what was skipped or may have
    been misread. Paths and names are the students' own and are not made safe to show.
    """

    name: str
    platform: str
    handins: tuple[Handin, ...]
    notices: tuple[str, ...] = ()
    tree: FileTree = field(repr=False, compare=False)

    def close(self) -> None:
        """Closes the archive; no file can be read afterwards."""
        self.tree.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
