"""All exceptions with a message for the user, and the exit codes of the ``grade`` command.

    GraderError
    ├── UsageError            wrong options, nothing to grade                          exit 2
    ├── SubmissionError       a submission that is there and cannot be read            exit 1
    │   └── MissingError      there is no such file or folder                          exit 2
    ├── CourseError           an instructor's file is missing or wrong                 exit 2
    │   ├── ExerciseError     mistakes in exercises, rubrics or handout, with lines    exit 2
    │   └── ReferenceError    a reference solution fails its own exercise              exit 2
    ├── GradebookError        the gradebook cannot be opened, read or written          exit 2
    │   └── MarkedMeanwhileError  somebody else has marked the answer meanwhile        exit 2
    └── SandboxError          the sandbox or the grader itself failed                  exit 3

A message says what is wrong, where, what was expected and what to do. Only ``grader.cli`` prints messages and exits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path


class ExitCode(IntEnum):
    """What the ``grade`` command ends with."""

    PASSED = 0
    """Everything that was asked for passed."""
    FAILED = 1
    """A check failed, or a submission cannot be read."""
    UNUSABLE = 2
    """Wrong usage, a path that does not exist, a mistake in the course, or a place that cannot be written to."""
    GRADER_FAILED = 3
    """The grader or its sandbox failed."""
    INTERRUPTED = 130
    """Stopped at the keyboard, as a shell has it: 128 + SIGINT."""
    CLOSED_PIPE = 141
    """The reader of standard output ended first (``| head``): 128 + SIGPIPE."""


class GraderError(Exception):
    """An error whose message is written for the user. It is shown without a traceback."""

    exit_code = ExitCode.GRADER_FAILED


class UsageError(GraderError):
    """The command line asks for something that cannot be done."""

    exit_code = ExitCode.UNUSABLE


class SubmissionError(GraderError):
    """A submission that cannot be read: damaged, too large, forbidden, or in no known format.

    Somebody handed it in, so it stands in the reports, and the others are graded.
    """

    exit_code = ExitCode.FAILED


class MissingError(SubmissionError):
    """There is nothing at the path that was named."""

    exit_code = ExitCode.UNUSABLE


class CourseError(GraderError):
    """The course's own files are missing or wrong."""

    exit_code = ExitCode.UNUSABLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """Something that is wrong in an instructor's file."""

    path: Path
    line: int | None
    """From 1; None if the mistake is about the file as a whole."""
    text: str

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}" if self.line is not None else f"{self.path}"
        return f"{place}: {self.text}"


class ExerciseError(CourseError):
    """All mistakes in the files of a course, reported together."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(str(mistake) for mistake in self.mistakes))


class ReferenceError(CourseError):  # noqa: A001 - "reference solution" is the course's term; the builtin is about weak references
    """A reference solution does not pass its own exercise. No submission is graded, so that no student gets a zero."""


class GradebookError(GraderError):
    """The gradebook is missing, damaged, of another version or in use, or the disk is full."""

    exit_code = ExitCode.UNUSABLE


class MarkedMeanwhileError(GradebookError):
    """Somebody else has marked the answer since it was shown. Nothing was stored."""


class SandboxError(GraderError):
    """The sandbox could not start, or the grader failed. No student gets a zero for it."""

    exit_code = ExitCode.GRADER_FAILED


def reason_of(error: Exception) -> str:
    """Why an operation failed: the operating system's words if it has some, else the exception's."""
    return (isinstance(error, OSError) and error.strerror) or str(error)
