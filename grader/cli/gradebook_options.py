"""Options that select a gradebook, an assignment and a student."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grader.cli.options import GRADEBOOK
from grader.errors import UsageError
from grader.model import Student
from grader.report.person_names import shown_key, shown_name
from grader.suggestions import did_you_mean
from grader.text import clean_line

STUDENTS_LISTED = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class GradebookOptions:
    """The options of every command that reads a gradebook."""

    gradebook: str
    """A file, or an SQLAlchemy URL."""
    assignment: str | None
    """None: the assignment that was graded last."""


def add_gradebook_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that ``GradebookOptions`` holds."""
    parser.add_argument(
        "--gradebook",
        default=GRADEBOOK,
        metavar="URL",
        help=f"where the results are kept: a file, or any database as an SQLAlchemy URL (default: {GRADEBOOK})",
    )
    parser.add_argument(
        "--assignment",
        metavar="NAME",
        help="the assignment, by its id or title, or what a class's work without one is called (default: the one that "
        "was graded last)",
    )


def choose_assignment(known: Mapping[str, str], asked: str | None) -> str:
    """The name of the assignment that is called ``asked``, else of the assignment graded last, the first of ``known``.

    ``known``: titles by names. Raises UsageError.
    """
    if not known:
        raise UsageError("The gradebook has no assignment yet. `grade batch` grades a class and makes one.")
    if asked is None:
        return next(iter(known))
    if asked in known:
        return asked
    wanted = asked.strip().casefold()
    found = [name for name, title in known.items() if wanted in (name.casefold(), title.strip().casefold())]
    if len(found) == 1:
        return found[0]
    listed = "; ".join(
        f"{clean_line(name)} ({clean_line(title)})" if title else clean_line(name)
        for name, title in sorted(known.items())
    )
    hint = did_you_mean(asked, known)
    raise UsageError(f"The gradebook has no assignment `{asked}`{f'{hint} Known' if hint else '; known'}: {listed}")


def choose_student(students: Sequence[Student], asked: str, unknown: str = "There is no student") -> Student:
    """The student with this key, id, email address or name, else the only student whose name contains these words.

    Raises UsageError, with a message that begins with ``unknown``, if there is no such student.
    """
    wanted = asked.strip().casefold()
    found = [student for student in students if wanted in _identities(student)]
    if not found:
        found = [student for student in students if all(word in student.name.casefold() for word in wanted.split())]
    if len(found) == 1:
        return found[0]
    if found:
        shown = found[:STUDENTS_LISTED]
        listed = "; ".join(f"{shown_name(student.name)} ({shown_key(student.key)})" for student in shown)
        more = f"; and {len(found) - STUDENTS_LISTED} more" if len(found) > STUDENTS_LISTED else ""
        raise UsageError(f"`{asked}` may be several students: {listed}{more}. Give the key, in brackets here.")
    known = {shown_key(text) for student in students for text in (student.name, student.key)}
    meant = did_you_mean(asked, known)
    raise UsageError(f"{unknown} `{asked}`{meant or '.'}")


def _identities(student: Student) -> set[str]:
    texts = (student.key, student.id, student.email, student.name)
    return {text.casefold() for text in texts if text}
