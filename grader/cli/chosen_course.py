"""The course that a command works on, loaded."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from grader.course.course import Course, load_course
from grader.course.course_folder import find_course
from grader.course.trusted_checks import trusted_checks


def load_chosen_course(explicit: Path | None, trust_checks: Sequence[Path] = ()) -> Course:
    """The course of ``--course``, or that which is found without it. ``trust_checks``: those of ``--trust-checks``.

    Raises UsageError, and CourseError with the mistakes of the course.
    """
    root = find_course(Path.cwd(), explicit)
    return load_course(root, trusted_checks(root, explicit, trust_checks))
