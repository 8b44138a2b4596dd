"""What is new in a report, compared with the one before it: found, and shown."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from rich.console import Console

from grader import model
from grader.report.terminal import change as terminal
from grader.report.terminal.change import Change, find_change
from tests.helpers.report_samples import HOSTILE, check, exercise, failed_check, hostile_report, report, run

SINE = exercise(check(id="curve", title="A curve shows sin(x)"), id="sine", title="Sine")
FAILED = exercise(failed_check(), check(id="raises"))
PASSED = exercise(check(), check(id="raises"))
ERROR = model.RunError(location=model.Location(cell=3, line=2), type="NameError", text="name 'y' is not defined")


def shown(before: model.Report, after: model.Report, *, width: int = 80, color: bool = False) -> list[str]:
    """The lines that a terminal is sent."""
    stream = io.StringIO()
    console = Console(
        file=stream, width=width, force_terminal=color, color_system="truecolor" if color else None, _environ={}
    )
    terminal.render_change(before, after, time="10:42:07", console=console)
    return [line.rstrip() for line in stream.getvalue().splitlines()]


class TestFinding:
    def test_a_report_is_no_news_to_itself(self) -> None:
        same = report(FAILED, SINE, run=run(model.Outcome.CRASHED, errors=(ERROR,), notices=("a",)))
        assert find_change(same, same) == Change()

    def test_the_numbers_of_the_lines_around_a_place_are_none(self) -> None:
        """They change with every line above them, and the terminal does not show them."""
        moved = [model.Evidence(lines=(model.SourceLine(number=number, text="y = x"),)) for number in (3, 4)]
        before, after = (report(exercise(failed_check(evidence=each))) for each in moved)
        assert find_change(before, after) == Change()

    def test_durations_and_the_submissions_text_are_none(self) -> None:
        other = model.Submission(path="homework.ipynb", format="ipynb", sha256="1" * 64, cells=())
        after = report(SINE, run=run(duration_s=7.0), submission=other)
        assert find_change(report(SINE), after) == Change()

    def test_places_alone_are_none(self) -> None:
        def moved(lines: int) -> model.Report:
            place = model.Location(cell=None, line=3 + lines)
            errors = (replace(ERROR, location=place),)
            return report(exercise(check(location=place), failed_check(location=place)), run=run(errors=errors))

        assert find_change(moved(0), moved(5)) == Change()

    def test_what_is_drawn_elsewhere_is_none(self) -> None:
        drawn = model.Evidence()
        after = report(exercise(check(evidence=drawn), failed_check(evidence=drawn)))
        assert find_change(report(exercise(check(), failed_check())), after) == Change()

    def test_what_is_not_shown_of_a_passed_check_is_none(self) -> None:
        before = check(message="Cell 4 has it.", source="y.backward()", candidates=2)
        after = check(message="Cell 5 has it.", source="z.backward()", candidates=3)
        assert find_change(report(exercise(before)), report(exercise(after))) == Change()

    @pytest.mark.parametrize(
        "fields",
        [{"message": "Else."}, {"actual": "[1]"}, {"hint": "Else."}, {"source": "y.backward()"}, {"candidates": 3}],
    )
    def test_what_a_failed_check_shows_is(self, fields: dict[str, object]) -> None:
        after = exercise(failed_check(**fields))
        assert find_change(report(SINE, exercise(failed_check())), report(SINE, after)) == Change(exercises=(after,))

    def test_a_check_that_passes_now_is(self) -> None:
        assert find_change(report(FAILED, SINE), report(PASSED, SINE)) == Change(exercises=(PASSED,))

    def test_points_that_are_worth_more_are(self) -> None:
        after = exercise(check(score=5.0, max_score=5.0))
        assert find_change(report(exercise(check())), report(after)).exercises == (after,)

    def test_another_order_is_none(self) -> None:
        assert find_change(report(PASSED, SINE), report(SINE, PASSED)) == Change()

    def test_an_exercise_that_is_attempted_now_is(self) -> None:
        untried = replace(SINE, status="not_attempted", score=0.0)
        before = report(PASSED, untried, max_score=4.0, basis="found")
        assert find_change(before, report(PASSED, SINE)) == Change(exercises=(SINE,))
        assert find_change(report(PASSED, SINE), before) == Change(gone=("sine",))

    def test_one_that_was_asked_for_stays_when_it_is_attempted_no_more(self) -> None:
        untried = replace(SINE, status="not_attempted", score=0.0)
        assert find_change(report(PASSED, SINE), report(PASSED, untried)) == Change(exercises=(untried,))

    def test_exercises_that_nobody_attempts_are_none(self) -> None:
        untried = replace(SINE, status="not_attempted", score=0.0)
        assert find_change(report(PASSED), report(PASSED, untried, max_score=4.0, basis="found")) == Change()

    def test_an_error_more_or_less_is(self) -> None:
        with_error = report(SINE, run=run(model.Outcome.FAILED, errors=(ERROR,)))
        assert find_change(report(SINE), with_error) == find_change(with_error, report(SINE)) == Change(run=True)

    def test_the_way_a_run_ended_is(self) -> None:
        stopped = report(SINE, run=run(model.Outcome.TIMEOUT))
        assert find_change(report(SINE), stopped) == find_change(stopped, report(SINE)) == Change(run=True)

    def test_only_new_notices_are(self) -> None:
        before, after = (report(SINE, run=run(notices=notices)) for notices in (("a", "b"), ("b", "c")))
        assert find_change(before, after) == Change(notices=("c",))


class TestShowing:
    def test_nothing_new_is_one_line(self) -> None:
        assert shown(report(PASSED), report(PASSED, run=run(duration_s=1.0))) == ["10:42:07  4 / 4, nothing changed"]

    def test_a_change_has_both_scores_the_exercise_and_the_total(self) -> None:
        assert shown(report(FAILED, SINE), report(PASSED, SINE)) == [
            "",
            "10:42:07  6 / 6, was 4.5 / 6",
            "",
            "Backward, twice  double-backward                                           4 / 4",
            "  ✓ Two passes add up                                                      2 / 2",
            "  ✓ Two passes add up                                                      2 / 2",
            "",
            "─" * 80,
            "Total  Everything asked for passed.                                        6 / 6",
        ]

    def test_the_same_score_is_as_before(self) -> None:
        after = exercise(failed_check(message="Else."), check(id="raises"))
        assert shown(report(FAILED), report(after))[1] == "10:42:07  2.5 / 4, as before"

    def test_an_error_that_is_gone_is_said(self) -> None:
        lines = shown(report(SINE, run=run(errors=(ERROR,))), report(SINE))
        assert lines[1:3] == ["10:42:07  2 / 2, as before", "No uncaught errors any more."]

    def test_errors_and_notices_are_shown_as_in_a_report(self) -> None:
        after = report(SINE, run=run(errors=(ERROR,), notices=("`!ls` does nothing here",)))
        assert shown(report(SINE), after)[2:5] == [
            "Uncaught errors:",
            "  cell 3, line 2  NameError: name 'y' is not defined",
            "Note: `!ls` does nothing here",
        ]

    def test_a_run_that_is_no_longer_stopped_is_said(self) -> None:
        assert "This time it ran to its end." in shown(report(SINE, run=run(model.Outcome.TIMEOUT)), report(SINE))

    def test_an_exercise_that_is_gone_is_named(self) -> None:
        untried = replace(SINE, status="not_attempted", score=0.0)
        lines = shown(report(PASSED, SINE), report(PASSED, untried, max_score=4.0, basis="found"))
        assert lines[1] == "10:42:07  4 / 4, was 6 / 6"
        assert lines[3] == "No longer graded: sine."

    def test_the_first_and_the_last_attempt(self) -> None:
        nothing = report(replace(SINE, status="not_attempted", score=0.0), max_score=0.0, passed=False)
        assert shown(nothing, report(SINE))[1] == "10:42:07  2 / 2"
        assert shown(report(SINE), nothing)[1] == "10:42:07  nothing attempted, was 2 / 2"
        assert shown(nothing, nothing) == ["10:42:07  nothing attempted, nothing changed"]

    def test_texts_of_the_student_are_harmless(self) -> None:
        text = "\n".join(shown(report(SINE), hostile_report()))
        assert "\x1b" not in text
        assert "\u202e" not in text

    def test_an_event_is_one_harmless_line(self) -> None:
        stream = io.StringIO()
        terminal.render_event(HOSTILE * 3, time="10:42:07", console=Console(file=stream, width=40, _environ={}))
        assert stream.getvalue().startswith("10:42:07  [bold red]x[/] ")
        assert stream.getvalue().count("\n") == 1
        assert "\x1b" not in stream.getvalue()

    def test_in_colour_a_better_score_is_green(self) -> None:
        assert "\x1b[1;32m6 / 6\x1b[0m" in shown(report(FAILED, SINE), report(PASSED, SINE), color=True)[1]
