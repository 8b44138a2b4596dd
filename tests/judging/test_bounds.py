"""The work of judging is bounded for every record, and honest records are judged completely.

A blob is sent once and described any number of times: a stream of a megabyte can stand for terabytes. What is counted
here is work, not time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fuzz import streams
from grader.course.exercise import load_exercise
from grader.judging import bounds, watched_values
from grader.judging.bounds import typical
from grader.judging.checks import output
from grader.judging.checks import value as value_check
from grader.judging.context import Subject
from grader.judging.curves import curve_sources, plotted_gradients, seen_curves
from grader.judging.functions import called_functions
from grader.judging.judge import Judge
from grader.judging.observed import Observed
from grader.judging.passes import differentiated_points
from grader.judging.run.run_summary import MAX_NOTES, summarize_run
from grader.judging.sections import section_of
from grader.language.expression import Expression, parse
from grader.language.values import Undefined
from grader.model import (
    Array,
    Cell,
    ChangedNames,
    Event,
    Figure,
    Observation,
    Opaque,
    Outcome,
    RunNote,
    RunPlace,
    Submission,
    Verdict,
)
from grader.runtime.protocol.frames import Json
from grader.sandbox.decode_observation import decode_stream
from grader.submission.fingerprints import Handout
from grader.text_bounds import NOTE

Judged = Callable[..., Verdict]

SUBMISSION = Submission(path="work.py", format="py", sha256="", cells=(Cell(number=None, source="x", code="x"),))
X = np.arange(1.0, 5.0)


@pytest.fixture
def judged(tmp_path: Path) -> Judged:
    """The verdict of an exercise's last check on hand-made events."""

    def run(checks: str, events: Iterable[Event]) -> Verdict:
        path = tmp_path / "sample.yaml"
        path.write_text(f"id: sample\ntitle: T\nstatement: S\nchecks: [{checks}]\n", encoding="utf-8")
        exercise = load_exercise(path)
        observed = Observed(Observation(events=tuple(events), outcome=Outcome.COMPLETED))
        subject = Subject(
            observed=observed, submission=SUBMISSION, section=section_of(exercise.names, SUBMISSION), handout=Handout()
        )
        return Judge(exercise.id, exercise.checks, seed=0).judge(subject, reference=None)[-1]

    return run


@pytest.fixture
def evaluated(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each expression was evaluated, by its text."""
    counts: Counter[str] = Counter()
    evaluate = Expression.evaluate
    # It evaluates the lines of a check when its exercise is loaded.
    monkeypatch.setattr("grader.course.unproving_checks.find_unproving_checks", lambda checks: ())

    def counted(self: Expression, *arguments: Any, **options: Any) -> object:
        counts[self.text] += 1
        return evaluate(self, *arguments, **options)

    monkeypatch.setattr(Expression, "evaluate", counted)
    return counts


def read(blobs: streams.Blobs, events: Iterable[Json]) -> tuple[Event, ...]:
    observation = decode_stream(streams.written(blobs, events))
    assert observation.outcome is Outcome.COMPLETED, observation.detail
    return observation.events


def loop(count: int, *, right: Iterable[int] = (), statement: int = 1, x: Any = X) -> tuple[Event, ...]:
    """Passes of one statement, of which some give the right gradient of a sum of squares."""
    blobs = streams.Blobs()
    wrong, good = (streams.backward(blobs, x, factor * x, x**2, at=streams.place(0, 1, statement)) for factor in (3, 2))
    return read(blobs, [good if number in set(right) else wrong for number in range(count)])


SQUARE = "{id: c, kind: backward, given: root == sum(leaf ** 2), expect: {gradient: 2 * leaf}}"


class TestCandidates:
    def test_of_a_long_loop_the_beginning_and_the_end_are_looked_at(
        self, judged: Judged, evaluated: Counter[str]
    ) -> None:
        verdict = judged(SQUARE, loop(5_000))
        assert verdict.candidates == bounds.MAX_CANDIDATES
        assert evaluated["root == sum(leaf ** 2)"] == bounds.MAX_CANDIDATES
        assert evaluated["gradient"] == bounds.MAX_CANDIDATES

    @pytest.mark.parametrize("right", [0, 3, 4_990, 4_999])
    def test_what_is_right_there_is_found(self, judged: Judged, right: int) -> None:
        assert judged(SQUARE, loop(5_000, right=[right])).status == "passed"

    def test_a_statement_between_two_long_loops_is_looked_at(self, judged: Judged) -> None:
        events = (*loop(4_000), *loop(1, right=[0], statement=2), *loop(4_000, statement=3))
        assert judged(SQUARE, events).status == "passed"

    def test_of_a_usual_number_every_one_is(self, judged: Judged) -> None:
        verdict = judged(SQUARE, loop(900, right=[450]))
        assert (verdict.status, verdict.candidates) == ("passed", 900)

    def test_large_tensors_are_looked_at_as_far_as_there_is_room(self, judged: Judged, evaluated: Counter[str]) -> None:
        x = np.linspace(1, 2, 200_000, dtype="f4")
        assert judged(SQUARE, loop(2, right=[1], x=x)).status == "passed"
        evaluated.clear()
        assert judged(SQUARE, loop(40, right=[0], x=x)).status == "passed"
        assert evaluated["root == sum(leaf ** 2)"] * 4 * x.size <= bounds.MAX_ELEMENTS

    def test_a_small_one_among_large_ones_is_looked_at(self, judged: Judged) -> None:
        large = loop(40, x=np.linspace(1, 2, 200_000, dtype="f4"))
        assert judged(SQUARE, (*large, *loop(1, right=[0], statement=2), *large)).status == "passed"

    def test_raised_errors_are_looked_at_in_the_same_way(self, judged: Judged, evaluated: Counter[str]) -> None:
        blobs = streams.Blobs()
        (kind, text), given = streams.ERRORS[3], "tensor.requires_grad"
        events = read(blobs, [streams.torch_error(blobs, text, type_name=kind)] * 3_000)
        verdict = judged(f"{{id: c, kind: raises, error: numpy-requires-grad, given: {given}}}", events)
        assert (verdict.status, verdict.candidates) == ("passed", bounds.MAX_CANDIDATES)
        assert evaluated[given] == bounds.MAX_CANDIDATES

    def test_a_rubric_gets_to_see_a_bounded_part(self, judged: Judged) -> None:
        events = loop(40, x=np.linspace(1, 2, 200_000, dtype="f4"))
        verdict = judged("{id: c, kind: backward, given: refusals == 9, expect: {gradient: leaf}}", events)
        assert 1 <= len(verdict.variables) <= bounds.MAX_VARIABLE_ELEMENTS // 200_000 + 1
        verdict = judged("{id: c, kind: backward, given: refusals == 9}", loop(500))
        assert len(verdict.variables) == bounds.MAX_VARIABLE_SETS

    def test_the_outermost_of_each_statement_come_first(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(bounds, "MAX_CANDIDATES", 5)
        items = [(1, n) for n in range(10)] + [(2, 0)] + [(3, n) for n in range(3)]
        places = {item: RunPlace(cell=0, line=1, statement=item[0]) for item in items}
        assert typical(items, places.__getitem__) == [(1, 0), (1, 9), (2, 0), (3, 0), (3, 2)]
        assert typical(items[:5], places.__getitem__) == items[:5]


class TestValues:
    CONSTANT = "{id: c, kind: value, names: {u: [u]}, holds: u == 1}"

    def test_moments_are_looked_at_as_candidates_are(self, judged: Judged, evaluated: Counter[str]) -> None:
        blobs = streams.Blobs()
        events = read(blobs, [streams.changed_names({"u": blobs.array(float(n))}) for n in range(3_000)])
        assert judged(self.CONSTANT, events).status == "passed"
        assert evaluated["u == 1"] <= bounds.MAX_CANDIDATES

    def test_a_value_that_lasts_is_read_once(self, judged: Judged, monkeypatch: pytest.MonkeyPatch) -> None:
        blobs = streams.Blobs()
        first = streams.changed_names({"u": blobs.array(X)})
        events = read(blobs, [first, *(streams.changed_names({"y": blobs.array(float(n))}) for n in range(500))])
        counts: Counter[int] = Counter()
        fingerprint = value_check._fingerprint

        def counted(value: Any, *, with_grad: bool) -> object:
            counts[id(value)] += 1
            return fingerprint(value, with_grad=with_grad)

        monkeypatch.setattr(value_check, "_fingerprint", counted)
        judged(self.CONSTANT, events)
        assert set(counts.values()) == {1}

    def test_names_are_remembered_as_far_as_there_is_room(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(watched_values, "MAX_BINDINGS", 1_000)
        none = Opaque(kind="none")
        at = RunPlace(cell=0, line=1, statement=1)
        many = ChangedNames(place=at, frame="", changed={f"n{n}": none for n in range(99)}, removed=(), stale=())
        one = ChangedNames(place=at, frame="", changed={"x": none}, removed=(), stale=())
        assert len(list(watched_values.read_watched_values([many, *[one] * 50]))) == 9


class TestFunctions:
    CALLED = "{id: c, kind: function, function: any, inputs: [{value: 1.0}], expect: {output: 1}}"

    def calls(self, count: int, tmp_path: Path) -> tuple[Event, ...]:
        path = tmp_path / "sample.yaml"
        path.write_text(f"id: sample\ntitle: T\nstatement: S\nchecks: [{self.CALLED}]\n", encoding="utf-8")
        exercise = load_exercise(path)
        ((probe,),) = (part.calls for part in Judge(exercise.id, exercise.checks, seed=0).probes)
        blobs = streams.Blobs()
        return read(blobs, [streams.function_call(blobs, probe.id, 0, 1.0, 1.0, function=n) for n in range(count)])

    def test_no_more_functions_than_the_recorder_calls(self, judged: Judged, tmp_path: Path) -> None:
        assert judged(self.CALLED, self.calls(500, tmp_path)).candidates == called_functions.MAX_FUNCTIONS

    def test_no_more_calls(
        self, judged: Judged, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, evaluated: Counter[str]
    ) -> None:
        monkeypatch.setattr(called_functions, "MAX_CALLS", 20)
        calls = self.calls(50, tmp_path)
        evaluated.clear()
        judged(self.CALLED, ())
        at_load = evaluated["output"]  # the exercise is tried on plain functions
        assert judged(self.CALLED, calls).candidates == 20
        assert evaluated["output"] == 2 * at_load + 20

    def test_no_more_elements(self, judged: Judged, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(called_functions, "MAX_ELEMENTS", 20)
        assert judged(self.CALLED, self.calls(50, tmp_path)).candidates == 10


class TestCurves:
    SINE = "{id: c, kind: plot, given: y == sin(x), holds: points >= 4}"

    def figures(self, count: int, *, leaves: int = 0, points: int = 80) -> tuple[Event, ...]:
        blobs, x = streams.Blobs(), np.linspace(-4, 4, points)
        passed = [streams.backward(blobs, x + n, x, x) for n in range(leaves)]
        shown = streams.figure(blobs, (np.arange(float(points)), np.sin(x)), default_x=True)
        return read(blobs, [*passed, *[shown] * count])

    def test_a_curve_is_drawn_over_a_bounded_number_of_leaves(self, judged: Judged, evaluated: Counter[str]) -> None:
        assert judged(self.SINE, self.figures(1, leaves=3)).status == "passed"
        evaluated.clear()
        judged(self.SINE, self.figures(1, leaves=100))
        assert evaluated["y == sin(x)"] == 1 + seen_curves.MAX_ABSCISSAS

    def test_leaves_are_put_together_once(self, judged: Judged, monkeypatch: pytest.MonkeyPatch) -> None:
        looked = []

        def counted(events: Any) -> Any:
            looked.append(len(events))
            return differentiated_points.leaves_of(events)

        monkeypatch.setattr(seen_curves, "leaves_of", counted)
        judged(self.SINE, self.figures(50, leaves=3))
        assert len(looked) == 1

    def test_no_more_curves_than_can_be_looked_at(
        self, judged: Judged, evaluated: Counter[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(seen_curves, "MAX_DRAWN", 30)
        judged(self.SINE, self.figures(100))
        assert evaluated["y == sin(x)"] == 30
        monkeypatch.setattr(seen_curves, "MAX_ELEMENTS", 2 * 80 * 9)
        evaluated.clear()
        judged(self.SINE, self.figures(100))
        assert evaluated["y == sin(x)"] == 10

    def test_gradients_are_compared_with_curves_up_to_a_bound(self, monkeypatch: pytest.MonkeyPatch) -> None:
        events = self.figures(1, leaves=9)
        assert len(plotted_gradients.ComputedGradients(events)) == 9
        monkeypatch.setattr(plotted_gradients, "MAX_ELEMENTS", 80 * 5)
        assert len(plotted_gradients.ComputedGradients(events)) == 5
        monkeypatch.setattr(plotted_gradients, "MAX_PASSES", 3)
        assert len(plotted_gradients.ComputedGradients(events)) == 3

    def test_it_is_asked_of_so_many_gradients_whether_they_are_meant(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(curve_sources, "MAX_ASKED", 4)
        asked: list[object] = []
        values = np.linspace(1, 2, 50)
        computed = plotted_gradients.ComputedGradients(self.figures(1, leaves=9))
        source = curve_sources.source_of(values, values * 5, computed, lambda gradient: bool(asked.append(gradient)))
        assert (source.source, len(asked)) == ("other", 4)

    def test_a_curve_of_infinite_height_is_not_close_to_everything(self, judged: Judged) -> None:
        """A thousandth of a height that overflows would allow any difference at all."""
        blobs, x = streams.Blobs(), np.linspace(-4, 4, 80)
        zigzag = np.where(np.arange(80) % 2, 1.7e308, -1.7e308)
        assert judged(self.SINE, read(blobs, [streams.figure(blobs, (x, zigzag))])).status == "failed"


class TestTexts:
    def test_printed_text_is_joined_once_and_bounded(self, judged: Judged, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(output, "MAX_TEXT", 10)
        events = read(streams.Blobs(), [streams.output("abcd") for _ in range(100)])
        assert judged("{id: c, kind: output, text: cdabcdab}", events).status == "passed"
        assert judged("{id: c, kind: output, text: abcdabcdabc}", events).status == "failed"

    def test_a_report_has_as_many_notices_as_somebody_may_read(self) -> None:
        events = tuple(RunNote(text=f"{n} {'x' * 5_000}") for n in range(500))
        notices = summarize_run(SUBMISSION, Observation(events=events, outcome=Outcome.COMPLETED)).notices
        assert len(notices) == MAX_NOTES + 1
        assert notices[-1] == f"And {500 - MAX_NOTES} more notes."
        assert all(len(notice) <= NOTE.characters for notice in notices)


class TestExpressions:
    def test_a_column_times_a_row_is_bounded_by_what_it_is_made_of(self) -> None:
        def array(*shape: int) -> Array:
            return Array(kind="tensor", dtype="float32", shape=shape, data=np.ones(shape, "f4"))

        variables = {"a": array(300, 1), "b": array(1, 300), "c": array(2_000, 1), "d": array(1, 2_000)}
        usual, outer = (parse(text).evaluate(variables) for text in ("sum(a * b)", "sum(c * d)"))
        assert isinstance(usual, Array)
        assert isinstance(outer, Undefined)
        assert "more than 100000 elements" in outer.reason

    def test_what_grows_with_its_operands_is_not(self) -> None:
        large = Array(kind="tensor", dtype="float32", shape=(250_000,), data=np.ones(250_000, "f4"))
        assert parse("x * x + 1 == 2 * x").holds({"x": large})


def test_figures_and_passes_of_a_record_are_there() -> None:
    """The hand-made records are decoded completely, so the tests above test what they seem to test."""
    for stream in streams.honest():
        observation = decode_stream(stream)
        assert observation.outcome in (Outcome.COMPLETED, Outcome.FAILED, Outcome.EXITED)
        assert "damaged" not in observation.detail
        assert observation.events
    events = [event for stream in streams.honest() for event in decode_stream(stream).events]
    assert any(isinstance(event, Figure) for event in events)
