"""What students read of an exercise as a whole does not follow from checks that they do not see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from grader.course.course import CourseExercise
from grader.course.exercise import Exercise
from grader.course.rubric import Rubric
from grader.judging.deciding_checks import find_deciding_checks
from grader.marking.build_report import build_report
from grader.marking.check_scores import score_checks
from grader.model import (
    AttemptSignals,
    Isolation,
    JudgedExercise,
    JudgedSubmission,
    Level,
    Location,
    Outcome,
    QuotedLocation,
    Report,
    RunError,
    RunSummary,
    Submission,
    Verdict,
    Visibility,
)
from tests.helpers.verdicts import verdict


def seen_by(item: CourseExercise, *kinds: Visibility) -> CourseExercise:
    """The exercise whose checks have these visibilities."""
    checks = [
        check.model_copy(update={"visibility": kind}) for check, kind in zip(item.exercise.checks, kinds, strict=True)
    ]
    return replace(item, exercise=item.exercise.model_copy(update={"checks": tuple(checks)}))


def line(number: int) -> QuotedLocation:
    return QuotedLocation(location=Location(cell=None, line=number), source=None, cell=0)


def judged(
    identity: str, verdicts: Sequence[Verdict], *lines: int, named: bool = False, errors: tuple[RunError, ...] = ()
) -> JudgedExercise:
    return JudgedExercise(
        exercise=identity,
        verdicts=tuple(verdicts),
        locations=tuple(map(line, lines)) or (None,) * len(verdicts),
        signals=AttemptSignals(
            named=named, acted=named, unclaimed=(True,) * len(verdicts), live=(False,) * len(verdicts)
        ),
        errors=errors,
    )


def report(items: Sequence[CourseExercise], *exercises: JudgedExercise, explicit: bool = False) -> Report:
    submission = JudgedSubmission(
        version="0",
        seed=0,
        explicit=explicit,
        submission=Submission(path="work.py", format="py", sha256="", cells=()),
        isolation=Isolation(level=Level.STRICT, mechanisms=()),
        run=RunSummary(outcome=Outcome.COMPLETED, duration_s=0.1),
        exercises=exercises,
    )
    items = [
        replace(item, exercise=item.exercise.model_copy(update={"id": one.exercise}))
        for item, one in zip(items, exercises, strict=True)
    ]
    return build_report(submission, items)


def _words_and_code() -> CourseExercise:
    checks = [
        {"id": "why", "kind": "answer"},
        {"id": "code", "kind": "value", "names": {"q": ["q"]}, "holds": "q == 1", "visibility": "hidden"},
    ]
    exercise = Exercise.model_validate({"id": "sample", "title": "Sample", "statement": "Why?", "checks": checks})
    rubric = Rubric.model_validate({"exercise": "sample", "checks": {"why": {"points": 1}, "code": {"points": 1}}})
    return CourseExercise(exercise=exercise, rubric=rubric, solution=Path("sample.py"))


WORDS_AND_CODE = _words_and_code()
WRONG = verdict("code", found=True)
RIGHT = verdict("first", "passed", evidence=True, found=True)
SECOND = verdict("second")


@pytest.mark.parametrize(
    ("kinds", "deciding"),
    [
        (("hidden", "public"), (1,)),
        (("public", "after-due"), (0,)),
        (("hidden", "after-due"), (1,)),
        (("hidden", "hidden"), (0, 1)),
    ],
)
def test_those_decide_that_most_people_see(
    kinds: tuple[Visibility, Visibility], deciding: tuple[int, ...], item: CourseExercise
) -> None:
    assert find_deciding_checks(seen_by(item, *kinds).exercise.checks) == deciding


class TestAttempts:
    def test_a_hidden_check_proves_none(self, item: CourseExercise) -> None:
        (one,) = report([seen_by(item, "hidden", "public")], judged("sample", [RIGHT, SECOND])).exercises
        assert one.status == "not_attempted"
        assert "nothing shows that it was meant" not in one.message
        (one,) = report([item], judged("sample", [RIGHT, SECOND])).exercises
        assert one.status == "graded"

    def test_where_all_are_hidden_they_do(self, item: CourseExercise) -> None:
        (one,) = report([seen_by(item, "hidden", "hidden")], judged("sample", [RIGHT, SECOND])).exercises
        assert one.status == "graded"

    def test_a_hidden_check_of_code_is_judged_where_words_are_asked_for_openly(self) -> None:
        """It does not wait for the person who reads the words."""
        (one,) = report([WORDS_AND_CODE], judged("sample", [verdict("why", "manual"), WRONG], named=True)).exercises
        assert [check.status for check in one.checks] == ["manual", "failed"]


class TestTheExercise:
    def test_its_place_in_the_report_is_that_of_what_is_shown(self, item: CourseExercise) -> None:
        items = [seen_by(item, "hidden", "public"), item]
        verdicts = [RIGHT, verdict("second", "passed", evidence=True, found=True)]
        both = report(items, judged("one", verdicts, 1, 9), judged("other", verdicts, 5, 6))
        assert [exercise.id for exercise in both.exercises] == ["other", "one"]

    def test_an_error_is_no_reason_where_only_a_hidden_check_failed(self, item: CourseExercise) -> None:
        errors = (RunError(location=None, type="ValueError", text="No."),)
        for item_seen, message in (
            (seen_by(item, "public", "hidden"), ""),
            (item, "A statement raised ValueError: No."),
        ):
            (one,) = report([item_seen], judged("sample", [RIGHT, SECOND], errors=errors)).exercises
            assert one.message == message

    def test_it_knows_what_each_visibility_is_worth(self, item: CourseExercise) -> None:
        (one,) = report([seen_by(item, "after-due", "hidden")], judged("sample", [RIGHT, SECOND])).exercises
        assert one.max_scores == {"after-due": 3, "hidden": 1}
        assert [check.visibility for check in one.checks] == ["after-due", "hidden"]


@pytest.mark.parametrize(
    ("kinds", "message"),
    [
        (("hidden", "public"), "Skipped, because a check that is not shown comes first."),
        (("after-due", "public"), "Skipped, because a check that is not shown comes first."),
        (("after-due", "hidden"), 'Skipped, because "The first" comes first.'),
        (("hidden", "hidden"), 'Skipped, because "The first" comes first.'),
    ],
)
def test_who_reads_that_a_check_was_skipped_reads_no_title_that_is_not_shown(
    kinds: tuple[Visibility, Visibility], message: str, item: CourseExercise
) -> None:
    seen = seen_by(item, *kinds)
    _, second = score_checks(seen.exercise, seen.rubric, [verdict("first"), SECOND])
    assert second.message == message


@pytest.mark.parametrize(
    ("kinds", "message"),
    [(("public", "hidden"), ""), (("after-due", "hidden"), ""), (("hidden", "hidden"), "Only the second.")],
)
def test_a_mistake_that_asks_for_a_check_which_fewer_people_see_is_never_told(
    kinds: tuple[Visibility, Visibility], message: str, item: CourseExercise
) -> None:
    """Nor does it give its share of the points, which would tell as much."""
    seen = seen_by(item, *kinds)
    first, _ = score_checks(seen.exercise, seen.rubric, [verdict("first"), verdict("second", "passed")])
    assert (first.message, first.mistake or "") == (message, message)


def test_a_remark_that_asks_for_one_is_not_told_either(item: CourseExercise) -> None:
    many = verdict("first", "passed", variables=({"passes": 3},))
    for seen, said in (
        (item, "More than one. More than two."),
        (seen_by(item, "public", "hidden"), "More than one."),
    ):
        first, _ = score_checks(seen.exercise, seen.rubric, [many, verdict("second", "passed")])
        assert first.remark == said
