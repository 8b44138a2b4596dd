"""The student's lines around the place of a check."""

from __future__ import annotations

import pytest

from grader.marking.check_evidence import lines_around, with_evidence
from grader.model import CheckReport, Evidence, JudgedEvidence, Location, QuotedLocation, SourceLine
from grader.text_bounds import SOURCE_LINE

CODE = "\n".join(f"line {number}" for number in range(1, 11))


def place(line: int, cell: int = 0) -> QuotedLocation:
    return QuotedLocation(location=Location(cell=1, line=line), source=None, cell=cell)


def report(status: str = "failed") -> CheckReport:
    return CheckReport(id="c", kind="plot", title="C", status=status, score=0, max_score=1, message="No.")  # type: ignore[arg-type]  # one of the statuses


@pytest.mark.parametrize(
    ("first", "line", "numbers"),
    [(1, 5, range(2, 9)), (1, 1, range(1, 5)), (1, 10, range(7, 11)), (20, 22, range(20, 26))],
    ids=["in the middle", "at the start", "at the end", "in a script's later cell"],
)
def test_three_lines_before_and_after_with_the_numbers_of_locations(first: int, line: int, numbers: range) -> None:
    shown = lines_around(place(line), JudgedEvidence(checks={}, cells=((first, CODE),)))
    assert [one.number for one in shown] == list(numbers)
    assert [one.number for one in shown if one.is_marked] == [line]
    assert all(one.text == f"line {one.number - first + 1}" for one in shown)


@pytest.mark.parametrize("where", [None, place(11), place(0), place(1, cell=1)])
def test_there_are_none_around_a_place_that_is_not_there(where: QuotedLocation | None) -> None:
    assert lines_around(where, JudgedEvidence(checks={}, cells=((1, CODE),))) == ()


def test_a_long_line_is_cut() -> None:
    (line,) = lines_around(place(1), JudgedEvidence(checks={}, cells=((1, "x" * 10_000),)))
    assert len(line.text) <= SOURCE_LINE.characters


def test_a_check_gets_its_evidence_unless_it_was_skipped() -> None:
    drawn = Evidence(lines=())
    known = JudgedEvidence(checks={("exercise", "c"): drawn}, cells=((1, "x"),))
    expected = Evidence(lines=(SourceLine(number=1, text="x", is_marked=True),))
    assert with_evidence(report(), "exercise", place(1), known).evidence == expected
    assert with_evidence(report(), "other", None, known).evidence is None
    assert with_evidence(report("skipped"), "exercise", place(1), known).evidence is None
    assert with_evidence(report(), "exercise", place(1), None).evidence is None
