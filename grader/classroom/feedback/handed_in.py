"""What was handed in together, as far as the names of files with feedback need it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from mimetypes import guess_type

from grader.model import Student, StudentResult


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedIn:
    """What a student, or the students of a group, handed in. They get one file."""

    students: tuple[Student, ...]
    path: str
    """Where it lies in the folder or archive of the class: a file or a folder, named by the platform."""
    files: tuple[str, ...] = ()
    """The files that were read."""

    @property
    def name(self) -> str:
        """The last part of ``path``."""
        return self.path.rstrip("/").rpartition("/")[2]

    @property
    def is_folder(self) -> bool:
        """Where no file was read, what has the suffix of a document, such as ``hana.pdf``, is no folder."""
        return self.path not in self.files and (bool(self.files) or guess_type(self.name)[0] is None)


def handed_in(result: StudentResult) -> HandedIn:
    return HandedIn(students=result.group or (result.student,), path=result.path, files=result.files)


def everything_handed_in(results: Iterable[StudentResult]) -> tuple[HandedIn, ...]:
    """What a class handed in, in the order of the students; what a group handed in is there once."""
    return tuple(dict.fromkeys(map(handed_in, results)))
