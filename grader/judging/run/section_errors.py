"""What went wrong in the part of a submission that is about an exercise: a reason for checks that failed."""

from __future__ import annotations

from collections.abc import Sequence

from grader.judging.context import Subject
from grader.judging.run.run_errors import PlacedError
from grader.model import RunError, Verdict

MAX_ERRORS = 5
_NEVER_WANTED = frozenset({"NameError", "SyntaxError", "ModuleNotFoundError", "ImportError"})
"""Errors that no exercise asks for."""


def find_section_errors(subject: Subject, verdicts: Sequence[Verdict]) -> tuple[RunError, ...]:
    """The uncaught errors in the exercise's section, and its statements that do not parse.

    An error that a passed check asks for is left out, and so are what was handed out and the sections of others, where
    the whole file is about the exercise. Where nothing in the file names the exercise, only the cells count in which
    its checks found something, with those between and the one below, and only errors that no other exercise asks for.
    """
    section = subject.section
    wanted = {
        (verdict.place.cell, verdict.place.line)
        for verdict in verdicts
        if verdict.status == "passed" and verdict.place is not None
    }
    cells = [verdict.place.cell for verdict in verdicts if verdict.found and verdict.place is not None]

    def is_near(item: PlacedError) -> bool:
        if section.named:
            return item.place in section
        is_between = bool(cells) and min(cells) <= item.place.cell <= max(cells) + 1
        return is_between and subject.submission.format != "py" and item.error.type in _NEVER_WANTED

    found: list[RunError] = []
    for item in subject.run_errors:
        place = item.place
        if (place.cell, place.line) in wanted or not subject.own_code.is_own(place):
            continue
        if not is_near(item) or section.is_anothers(place):
            continue
        found.append(item.error)
        if len(found) == MAX_ERRORS:
            break
    return tuple(found)
