"""Every error that the grader shows to a person, and the exit code that it means.

    GraderError
    ├── UsageError            wrong options, nothing to grade                    exit 2
    ├── SubmissionError       a submission file that cannot be read              exit 2
    ├── CourseError           the instructor's files                             exit 2
    │   ├── ExerciseError     exercises/*.yaml, rubrics/*.yaml: file and line
    │   └── ReferenceError    a reference solution that fails
    ├── GradebookError        the gradebook cannot be opened, read or written    exit 2
    └── SandboxError          the sandbox, or the grader itself                  exit 3

A message says what was wrong, where, what was expected and what to do. Nothing below ``cli`` prints or exits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


class GraderError(Exception):
    """An error with a message made for a person; never shown as a traceback."""

    exit_code = 3


class UsageError(GraderError):
    """The command line asks for something that cannot be done."""

    exit_code = 2


class SubmissionError(GraderError):
    """A submission that cannot be read: missing, corrupt, too large, not a notebook or script."""

    exit_code = 2


class CourseError(GraderError):
    """The course's own files are missing or wrong."""

    exit_code = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """One thing that is wrong in an instructor's file. ``line`` counts from 1; None: the file as a whole."""

    path: Path
    line: int | None
    text: str

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}" if self.line is not None else f"{self.path}"
        return f"{place}: {self.text}"


class ExerciseError(CourseError):
    """All mistakes of a course's exercises and rubrics, reported at once."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(str(mistake) for mistake in self.mistakes))


class ReferenceError(CourseError):  # noqa: A001 - the course's word; the builtin is about weak references
    """A reference solution does not pass its own exercise: the instructor's error, never a student's zero."""


class GradebookError(GraderError):
    """The gradebook is missing, damaged, of another version, in use, or there is no room for it."""

    exit_code = 2


class SandboxError(GraderError):
    """The sandbox could not start, or the grader failed. Never a student's zero."""

    exit_code = 3
