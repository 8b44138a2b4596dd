"""The errors in an exercise's section, which are the reason where a check found nothing there."""

from __future__ import annotations

from typing import Any

import pytest

from grader.judging.context import Subject
from grader.judging.observed import Observed
from grader.judging.run.section_errors import MAX_ERRORS, find_section_errors
from grader.judging.sections import find_sections
from grader.model import (
    Cell,
    Observation,
    Outcome,
    Prose,
    Raised,
    RunPlace,
    Submission,
    UncaughtError,
    Verdict,
)
from grader.submission.fingerprints import Handout
from tests.helpers.exercises import double_backward

TITLE = Prose(text="Backward, twice", level=2, after=1)
OTHER = Prose(text="Something else", level=2, after=3)


def raised(cell: int, kind: str = "NameError", line: int = 1) -> UncaughtError:
    return UncaughtError(
        place=RunPlace(cell=cell - 1, line=line, statement=cell), error=Raised(type=kind, text=f"in {cell}")
    )


def found_at(cell: int, status: Any = "passed") -> Verdict:
    return Verdict(
        check="c", status=status, message="", found=True, place=RunPlace(cell=cell - 1, line=1, statement=cell)
    )


def errors(*events: UncaughtError, prose: tuple[Prose, ...] = (), verdicts: tuple[Verdict, ...] = ()) -> list[str]:
    cells = tuple(Cell(number=number, source=f"a{number}.b()", code=f"a{number}.b()") for number in range(1, 7))
    submission = Submission(path="n.ipynb", format="ipynb", sha256="", cells=cells, prose=prose)
    names = double_backward().names
    subject = Subject(
        observed=Observed(Observation(events=events, outcome=Outcome.FAILED)),
        submission=submission,
        section=find_sections(submission, [names])[names.id],
        handout=Handout(),
    )
    return [error.text for error in find_section_errors(subject, verdicts)]


EVERYWHERE = tuple(raised(cell) for cell in range(1, 7))


def test_those_in_the_section_count() -> None:
    assert errors(*EVERYWHERE, prose=(TITLE, OTHER)) == ["in 2", "in 3"]


def test_what_a_passed_check_asks_for_does_not() -> None:
    assert errors(*EVERYWHERE, prose=(TITLE, OTHER), verdicts=(found_at(2),)) == ["in 3"]
    assert errors(*EVERYWHERE, prose=(TITLE, OTHER), verdicts=(found_at(2, "failed"),)) == ["in 2", "in 3"]


def test_where_nothing_names_the_exercise_those_near_what_was_found_count() -> None:
    assert errors(*EVERYWHERE, verdicts=(found_at(2, "failed"), found_at(3, "failed"))) == ["in 2", "in 3", "in 4"]


@pytest.mark.parametrize("kind", ["RuntimeError", "TypeError", "AttributeError"])
def test_but_none_that_another_exercise_may_ask_for(kind: str) -> None:
    assert errors(raised(3, kind), verdicts=(found_at(2, "failed"),)) == []


def test_where_nothing_was_found_and_nothing_names_it_none_does() -> None:
    assert errors(*EVERYWHERE) == []


def test_there_are_no_more_than_somebody_reads() -> None:
    title = Prose(text="Backward, twice", level=2, after=0)
    many = tuple(raised(cell, line=line) for cell in range(1, 7) for line in range(1, 4))
    assert len(errors(*many, prose=(title,))) == MAX_ERRORS
