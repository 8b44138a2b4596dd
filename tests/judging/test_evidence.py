"""What a report can draw of a verdict, from hand-built observations: no torch, no sandbox."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader.course.exercise import load_exercise
from grader.judging.context import Subject
from grader.judging.judge import Judge
from grader.judging.observed import Observed
from grader.judging.sections import section_of
from grader.model import (
    Array,
    Backward,
    Cell,
    Curve,
    Event,
    Evidence,
    Figure,
    GraphEvidence,
    GraphNode,
    Hand,
    LeafPass,
    Observation,
    Outcome,
    RunPlace,
    Submission,
)
from grader.model.evidence import MAX_ELEMENTS, MAX_GRADIENTS, MAX_POINTS
from grader.submission.fingerprints import Handout
from tests.helpers.backward_events import backward_event

HERE = RunPlace(cell=0, line=1, statement=1)
Evidences = Callable[..., Evidence | None]


def array(values: Any, dtype: type = np.float32, **fields: Any) -> Array:
    data = np.asarray(values, dtype)
    return Array(kind="tensor", dtype=data.dtype.name, shape=data.shape, data=data, **fields)


def pass_to(value: Any, gradient: Any, *, name: str = "x") -> Backward:
    leaf, computed = array(value, token=1, requires_grad=True), None if gradient is None else array(gradient)
    of_leaf = LeafPass(names=(name,), value=leaf, gradient=computed, grad_before=None, grad_after=computed)
    return backward_event(of_leaf, root=array(1.0), output=array(1.0))


def figure(*curves: tuple[Any, Any, str]) -> Figure:
    drawn = (
        Curve(axes=0, x=array(x, np.float64), y=array(y, np.float64), label=label, default_x=False, place=HERE)
        for x, y, label in curves
    )
    return Figure(place=HERE, curves=tuple(drawn), titles=(), labels=(), legend=())


@pytest.fixture
def evidence(tmp_path: Path) -> Evidences:
    """The evidence of an exercise's only check, given as YAML, for some events."""

    def find(
        check: str,
        *events: Event,
        graphs: Mapping[int, GraphEvidence] | None = None,
        reference: Sequence[Event] | None = None,
    ) -> Evidence | None:
        path = tmp_path / "sample.yaml"
        path.write_text(f"id: sample\ntitle: Sample\nstatement: Do it.\nchecks:\n  - {check}\n", encoding="utf-8")
        exercise = load_exercise(path)
        submission = Submission(
            path="work.py", format="py", sha256="0" * 64, cells=(Cell(number=None, source="x", code="x"),)
        )
        subject = Subject(
            observed=Observed(Observation(events=events, outcome=Outcome.COMPLETED, graphs=graphs or {})),
            submission=submission,
            section=section_of(exercise.names, submission),
            handout=Handout(),
        )
        judge = Judge(exercise.id, exercise.checks, seed=0)
        theirs = None if reference is None else Observed(Observation(events=(*reference,), outcome=Outcome.COMPLETED))
        return judge.find_evidence(judge.judge(subject, reference=theirs), subject).get("c")

    return find


class TestGradients:
    CHECK = '{id: c, kind: backward, expect: {gradient: "2 * leaf"}}'

    @pytest.mark.parametrize(("gradient", "close"), [([2, 4], [True, True]), ([2, 5], [True, False])])
    def test_actual_and_expected_of_passed_and_of_failed_checks(
        self, evidence: Evidences, gradient: list[float], close: list[bool]
    ) -> None:
        found = evidence(self.CHECK, pass_to([1, 2], gradient))
        assert found is not None
        (one,) = found.gradients
        assert (one.name, one.shape, one.is_shortened) == ("x", (2,), False)
        assert one.actual is not None
        assert one.is_close is not None
        assert (one.actual.tolist(), one.expected.tolist(), one.is_close.tolist()) == (gradient, [2, 4], close)

    def test_a_gradient_that_differs_from_that_of_the_reference(self, evidence: Evidences) -> None:
        check = "{id: c, kind: backward, expect: {gradient: reference}}"
        found = evidence(check, pass_to([1, 2], [2, 5]), reference=[pass_to([1, 2], [2, 4])])
        assert found is not None
        (one,) = found.gradients
        assert one.actual is not None
        assert (one.actual.tolist(), one.expected.tolist()) == ([2, 5], [2, 4])

    def test_close_is_what_the_check_tolerates(self, evidence: Evidences) -> None:
        check = '{id: c, kind: backward, tolerance: 0.5, expect: {gradient: "2 * leaf"}}'
        found = evidence(check, pass_to([1, 2], [2, 5]))
        assert found is not None
        assert found.gradients[0].is_close is not None
        assert found.gradients[0].is_close.all()

    def test_without_a_gradient_there_is_what_was_expected(self, evidence: Evidences) -> None:
        found = evidence(self.CHECK, pass_to([[1, 2]], None))
        assert found is not None
        assert (found.gradients[0].actual, found.gradients[0].shape) == (None, (1, 2))
        assert found.gradients[0].expected.tolist() == [2, 4]

    def test_equations_in_conditions_count_and_equal_pairs_are_shown_once(self, evidence: Evidences) -> None:
        check = '{id: c, kind: backward, given: "gradient == 2 * leaf and leaf == [1, 2]", holds: "grad == 2 * leaf"}'
        found = evidence(check, pass_to([1, 2], [2, 4]))
        assert found is not None
        assert [one.name for one in found.gradients] == ["x"]

    def test_they_are_bounded(self, evidence: Evidences) -> None:
        values = np.arange(MAX_ELEMENTS + 1.0)
        lines = ", ".join(f'"gradient == {factor} * leaf"' for factor in range(2, MAX_GRADIENTS + 4))
        found = evidence(f"{{id: c, kind: backward, holds: [{lines}]}}", pass_to(values, values))
        assert found is not None
        assert len(found.gradients) == MAX_GRADIENTS
        assert {(one.expected.size, one.shape, one.is_shortened) for one in found.gradients} == {
            (MAX_ELEMENTS, (MAX_ELEMENTS + 1,), True)
        }

    @pytest.mark.parametrize("gradient", [[1.0], [[2.0], [4.0]], [np.nan, np.inf]])
    def test_other_shapes_have_no_picture_and_other_values_do(self, evidence: Evidences, gradient: Any) -> None:
        found = evidence(self.CHECK, pass_to([1, 2], gradient))
        assert (found is not None) == (np.shape(gradient) == (2,))


class TestCurves:
    CHECK = '{id: c, kind: plot, given: "points >= 3", expect: {y: "x ** 2"}}'

    def test_the_drawn_over_the_expected_in_the_order_of_x(self, evidence: Evidences) -> None:
        found = evidence(self.CHECK, figure(([2, 1, 3], [4, 1, 8], "square")))
        assert found is not None
        (curve,) = found.curves
        assert (curve.name, curve.x.tolist(), curve.is_shortened) == ("square", [1, 2, 3], False)
        assert curve.drawn is not None
        assert curve.expected is not None
        assert (curve.drawn.tolist(), curve.expected.tolist()) == ([1, 4, 8], [1, 4, 9])
        assert curve.is_close is not None
        assert curve.is_close.tolist() == [True, True, False]

    @pytest.mark.parametrize(("tolerance", "close"), [("", [True, False]), ("tolerance: 0.5, ", [True, True])])
    def test_close_is_what_the_check_tolerates(self, evidence: Evidences, tolerance: str, close: list[bool]) -> None:
        check = f'{{id: c, kind: plot, {tolerance}given: "points == 2", expect: {{y: "x ** 2"}}}}'
        found = evidence(check, figure(([1, 2], [1 + 5e-8, 4.5], "square")))
        assert found is not None
        assert found.curves[0].is_close is not None
        assert found.curves[0].is_close.tolist() == close

    def test_a_missing_curve_is_shown_where_others_were_drawn(self, evidence: Evidences) -> None:
        check = '{id: c, kind: plot, given: "y == x ** 2"}'
        found = evidence(check, figure(([1, 2], [3, 4], "_child0"), ([1, 2, 3], [3, 4, 5], "other")))
        assert found is not None
        assert found.curves[0].expected is not None
        assert (found.curves[0].drawn, found.curves[0].expected.tolist()) == (None, [1, 4, 9])

    def test_without_any_curve_or_equation_there_is_none_to_expect(self, evidence: Evidences) -> None:
        assert evidence(self.CHECK) is None
        found = evidence('{id: c, kind: plot, given: "points >= 3"}', figure(([1, 2, 3], [3, 4, 5], "_child0")))
        assert found is not None
        assert (found.curves[0].name, found.curves[0].expected) == ("", None)

    def test_of_many_points_some_are_kept_with_both_ends(self, evidence: Evidences) -> None:
        x = np.linspace(0, 1, 10 * MAX_POINTS)
        found = evidence(self.CHECK, figure((x, x**2, "")))
        assert found is not None
        (curve,) = found.curves
        assert (curve.x.size, curve.x[0], curve.x[-1], curve.is_shortened) == (MAX_POINTS, 0, 1, True)


class TestGraph:
    NODES = (
        GraphNode(kind="root", label="z"),
        GraphNode(kind="operation", label="MulBackward0"),
        GraphNode(kind="leaf", label="x"),
    )
    GRAPH = GraphEvidence(nodes=NODES, edges=((0, 1), (1, 2)))

    @staticmethod
    def pass_with(*hands: Hand, gradient: Any = (2, 4)) -> Event:
        event = pass_to([1, 2], gradient)
        return replace(event, graph=3, hands=hands)

    def test_the_graph_of_the_pass_as_it_was_recorded(self, evidence: Evidences) -> None:
        found = evidence(TestGradients.CHECK, self.pass_with(), graphs={3: self.GRAPH})
        assert found is not None
        assert found.graph == self.GRAPH
        found = evidence(TestGradients.CHECK, self.pass_with(), graphs={4: self.GRAPH})
        assert found is not None
        assert found.graph is None

    def test_without_a_candidate_it_is_that_of_the_only_pass(self, evidence: Evidences) -> None:
        check = '{id: c, kind: backward, given: "order == 7"}'
        found = evidence(check, self.pass_with(), graphs={3: self.GRAPH})
        assert found is not None
        assert found.graph == self.GRAPH
        assert evidence(check, self.pass_with(), self.pass_with(), graphs={3: self.GRAPH}) is None

    def test_what_had_a_hand_in_it_is_marked_by_a_name_that_is_unique(self, evidence: Evidences) -> None:
        hook = Hand(kind="hook", name="x", place=None, changed=True)
        own = Hand(kind="function", name="Mul", place=None, changed=True)
        looked = Hand(kind="hook", name="z", place=None, changed=False)
        nodes = (*self.NODES, GraphNode(kind="operation", label="MulBackward"), *self.NODES[1:2] * 2)
        graph = GraphEvidence(nodes=nodes, edges=())
        found = evidence(TestGradients.CHECK, self.pass_with(hook, own, looked), graphs={3: graph})
        assert found is not None
        assert found.graph is not None
        assert [node.label for node in found.graph.nodes if node.is_foreign] == ["x", "MulBackward"]

    def test_of_a_curve_it_is_the_pass_whose_gradient_it_shows_and_what_moved(self, evidence: Evidences) -> None:
        check = """{id: c, kind: plot, given: "y == 2 * x", holds: 'source == "autograd"'}"""
        found = evidence(check, self.pass_with(), figure(([1, 2], [2, 4], "")), graphs={3: self.GRAPH})
        assert found is not None
        assert found.graph is not None
        assert [node.moved for node in found.graph.nodes] == [None, None, False]
