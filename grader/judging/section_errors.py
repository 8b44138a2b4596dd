"""What went wrong in the part of a submission that is about an exercise: a reason for checks that failed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from grader.judging.context import Subject
from grader.model import RunError, Verdict

MAX_ERRORS = 5


def find_section_errors(subject: Subject, verdicts: Sequence[Verdict]) -> tuple[RunError, ...]:
    """The uncaught errors in the exercise's section, and its statements that do not parse; none if it has no section.

    An error that a passed check asks for is left out, and so are what was handed out and the sections of others, where
    the whole file is about the exercise.
    """
    section = subject.section
    if not section.named:
        return ()
    wanted = {(verdict.place.cell, verdict.place.line) for verdict in _passed(verdicts) if verdict.place is not None}
    found: list[RunError] = []
    for item in subject.run_errors:
        place = item.place
        if (place.cell, place.line) in wanted or not subject.own_code.is_own(place):
            continue
        if place not in section or section.is_anothers(place):
            continue
        found.append(item.error)
        if len(found) == MAX_ERRORS:
            break
    return tuple(found)


def _passed(verdicts: Sequence[Verdict]) -> Iterator[Verdict]:
    return (verdict for verdict in verdicts if verdict.status == "passed")
