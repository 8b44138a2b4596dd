"""What a class handed in, as values. The content of a file is read only when it is asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType
from typing import Self

from grader.handin import Handin
from grader.handin.file_tree import FileTree
from grader.model import Student


@dataclass(frozen=True, slots=True, kw_only=True)
class StudentHandin(Handin):
    """What one student, or the students of a group, handed in. A student without work has a hand-in too."""

    students: tuple[Student, ...]
    late: bool = False
    handed_in_at: datetime | None = None
    """With its zone: of several files that are graded, the latest time; None where the platform does not tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """What a class handed in: ``handins`` in the order of the students' names, each student in one of them.

    ``name`` is the folder's name, or the archive's without its suffix. ``platform`` is the id of the platform whose
    names were recognized, or ``plain``. ``notices`` are sentences for the instructor about what was skipped or may have
    been misread. Paths and names are the students' own and are not made safe to show.
    """

    name: str
    platform: str
    handins: tuple[StudentHandin, ...]
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
