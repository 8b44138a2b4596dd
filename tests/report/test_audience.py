from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from grader import model
from grader.report.audience import student_view
from grader.report.report_words import MORE_POINTS, ONLY_UNSHOWN
from grader.report.terminal import report as terminal
from tests.helpers.report_samples import check, exercise, failed_check, report, run

DUE = datetime(2026, 11, 30, 12, tzinfo=UTC)
BEFORE, AFTER = DUE - timedelta(minutes=1), DUE + timedelta(minutes=1)
PLACE = model.Location(cell=1, line=4)


def hidden(**fields: Any) -> model.CheckReport:
    return failed_check(**({"id": "secret", "title": "SECRET", "visibility": "hidden"} | fields))


def view(*exercises: model.ExerciseReport, now: datetime = BEFORE, **fields: Any) -> model.Report:
    return student_view(report(*exercises, **fields), now=now)


class TestWhatIsShown:
    def test_a_report_without_such_checks_stays_as_it_is(self) -> None:
        whole = report(exercise(check(), failed_check()))
        assert student_view(whole, now=AFTER) == replace(whole, audience="student")

    def test_only_the_others_are_there_and_they_alone_count(self) -> None:
        seen = view(exercise(check(), hidden()))
        (only,) = seen.exercises
        assert [each.id for each in only.checks] == ["gradient-accumulates"]
        assert (seen.score, seen.max_score, seen.passed, seen.more_points) == (2, 2, True, True)
        assert (only.score, only.max_score, only.max_scores) == (2, 2, {"public": 2})

    @pytest.mark.parametrize(
        ("due", "now", "shown"),
        [(DUE, BEFORE, False), (DUE, DUE, False), (DUE, AFTER, True), (None, AFTER, False)],
    )
    def test_after_due_is_shown_once_the_date_has_passed(
        self, due: datetime | None, now: datetime, shown: bool
    ) -> None:
        seen = view(exercise(check(), hidden(visibility="after-due")), due=due, now=now)
        assert [each.title for each in seen.exercises[0].checks] == ["Two passes add up", *["SECRET"] * shown]
        assert seen.more_points is not shown

    def test_a_hidden_check_without_points_promises_none(self) -> None:
        assert not view(exercise(check(), hidden(score=0.0, max_score=0.0))).more_points

    def test_a_check_is_hidden_also_where_the_exercise_does_not_say_what_it_is_worth(self) -> None:
        seen = view(exercise(check(), hidden(), max_scores={}))
        assert [each.id for each in seen.exercises[0].checks] == ["gradient-accumulates"]

    def test_an_exercise_that_does_not_count_promises_no_points(self) -> None:
        other = exercise(hidden(), check(), id="other", status="not_attempted")
        assert not view(exercise(check()), other, basis="found").more_points
        assert view(exercise(check()), other, basis="assignment").more_points


class TestWhatAHiddenCheckMustNotChange:
    @pytest.mark.parametrize(
        "other",
        [
            check(id="secret", visibility="hidden", score=2.0),
            hidden(status="manual", score=None),
            hidden(status="manual", score=None, withheld=True, code="1 x"),
            hidden(status="error", score=0.0),
            hidden(status="skipped", score=0.0),
        ],
    )
    def test_whatever_came_of_it_the_report_is_equal(self, other: model.CheckReport) -> None:
        words = model.Words(text="Because.", place="line 1")
        assert view(exercise(check(), other, words=words)) == view(exercise(check(), hidden()))

    def test_how_the_further_run_for_it_went_is_not_told(self) -> None:
        of_staff = run(notices=("In it: bad.", "A note."), not_final="Late. In it: late.", kept_waiting=0.1)
        unshown = model.UnshownRun(notices=("In it: bad.",), not_final="In it: late.", kept_waiting=0.5)
        seen = view(exercise(check(), hidden()), run=replace(of_staff, unshown=unshown))
        assert seen.run == run(notices=("A note.",), not_final="Late.", kept_waiting=0.1)
        late = view(exercise(check(), hidden()), run=run(not_final="In it: late.", unshown=unshown), complete=False)
        assert (late.run, late.complete) == (run(), True)

    def test_an_error_that_only_it_asks_for_is_an_error(self) -> None:
        error = model.RunError(location=PLACE, type="RuntimeError", text="?", provoked=True)
        asks = check(kind="raises", location=PLACE)
        before = run(errors=(error,))
        seen = view(exercise(replace(asks, visibility="hidden"), check()), run=before)
        assert not seen.run.errors[0].provoked
        assert view(exercise(asks, hidden()), run=before).run == before

    def test_an_exercise_of_hidden_checks_says_nothing_whatever_became_of_it(self) -> None:
        rest = exercise(check(), id="other", number="2")
        all_hidden = [
            exercise(hidden()),
            exercise(hidden(score=2.0, status="passed")),
            exercise(hidden(), status="not_attempted", message="Nothing was found."),
            exercise(status="error", message="SECRET", max_score=2.0, max_scores={"hidden": 2.0}),
        ]
        for each in all_hidden:
            assert view(each, rest, basis="found") == view(all_hidden[0], rest, basis="found"), each
        assert view(all_hidden[0], rest).exercises[0].message == ONLY_UNSHOWN


class TestExercisesThatCouldNotBeGraded:
    def test_their_reason_is_not_told_where_it_may_quote_a_hidden_check(self) -> None:
        broken = exercise(status="error", message="SECRET", max_score=3.0, max_scores={"public": 1.0, "hidden": 2.0})
        (seen,) = view(broken).exercises
        assert (seen.max_score, "SECRET" in seen.message) == (1, False)
        public = replace(broken, max_scores={"public": 3.0})
        assert view(public).exercises == (public,)

    def test_a_fault_of_the_sandbox_and_of_the_course_is(self) -> None:
        failed = exercise(status="error", message="No bwrap.", max_scores={"public": 1.0, "hidden": 2.0})
        assert view(failed, run=run(model.Outcome.SANDBOX_ERROR)).exercises[0].message == "No bwrap."
        assert view(replace(failed, broken_reference=True)).exercises[0].message == "No bwrap."


class TestWhetherItPassed:
    def test_where_everything_is_hidden_nothing_failed(self) -> None:
        seen = view(exercise(hidden()))
        assert (seen.score, seen.max_score, seen.passed, seen.complete, seen.more_points) == (0, 0, True, True, True)
        assert view(exercise(hidden()), basis="found").passed

    def test_where_nothing_that_is_shown_was_found_it_did_not_pass(self) -> None:
        nothing = exercise(failed_check(), id="other", status="not_attempted")
        assert not view(exercise(hidden()), nothing, basis="found").passed

    def test_a_visible_check_that_failed_fails_it(self) -> None:
        assert not view(exercise(failed_check(), hidden(status="passed"))).passed


class TestInTheTerminal:
    def test_a_line_says_that_there_are_more_points(self) -> None:
        page = terminal.render_page([view(exercise(check(), hidden()))], many=False)
        assert MORE_POINTS in page
        assert "All that is shown passed." in page
        assert MORE_POINTS not in terminal.render_page([report(exercise(check(), hidden()))], many=False)

    def test_where_everything_is_hidden_there_is_a_title_and_the_reason(self) -> None:
        page = terminal.render_page([view(exercise(hidden()))], many=False)
        assert "Backward, twice" in page
        assert ONLY_UNSHOWN in page
        assert "Nothing was found" not in page
        assert "passed" not in page
