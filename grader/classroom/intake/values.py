"""What a class handed in, as values. Files are read one by one, when they are asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import TracebackType
from typing import Literal, Self

from grader.classroom.intake.entries import is_gradable
from grader.classroom.intake.files import Tree
from grader.model import Student
from grader.submission.bounds import MAX_BYTES, check_bytes

Convention = Literal["gradescope", "canvas", "moodle", "plain"]
"""Whose way of naming things it is; plain: a file or a folder for each student, under the student's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedFile:
    """A file of a student's.

    ``path`` is where it lies in the folder or archive. ``name`` is what the student called it: the platform's prefixes
    are taken off, folders of the student's own stay (``data/points.csv``). ``size`` is in bytes, as the file system or
    the archive says.
    """

    path: str
    name: str
    size: int
    tree: Tree = field(repr=False, compare=False)

    @property
    def gradable(self) -> bool:
        """Whether its name says that it is a notebook, a script or notes."""
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

    ``path`` is the folder or file that it lies in. ``files`` can be graded; ``others`` are all the rest: data, a PDF,
    an archive. Both are sorted by name. Nobody is left out for want of ``files``.
    """

    students: tuple[Student, ...]
    path: str
    files: tuple[HandedFile, ...]
    others: tuple[HandedFile, ...] = ()
    late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """What a class handed in: ``handins`` in the order of the students' names, each student in one of them.

    ``name`` is the folder's name, or the archive's without its suffix. ``notices`` tell a person what was passed over,
    and what may not be as it was meant. Paths and names in all of it are the students', as they stand.
    """

    name: str
    convention: Convention
    handins: tuple[Handin, ...]
    notices: tuple[str, ...] = ()
    tree: Tree = field(repr=False, compare=False)

    def close(self) -> None:
        """Closes the archive, after which no file can be read."""
        self.tree.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
