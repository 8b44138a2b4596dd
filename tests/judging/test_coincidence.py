"""Coincidence is no evidence: where other functions have the same numbers, how a gradient changes decides.

Hand-built passes of elementwise functions, with their derivatives worked out on paper. No torch.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.course.exercise import load_exercise
from grader.judging.coincidence import doubt_of, nearby, numbers_in_words
from grader.judging.comparison import Happened, happened_in
from grader.judging.context import Subject
from grader.judging.judge import Judge
from grader.judging.observed import Observed
from grader.judging.sections import section_of
from grader.language.expression import Role, parse
from grader.marking.check_scores import score_checks
from grader.model import Array, Backward, Cell, LeafPass, Observation, Outcome, RunPlace, Submission, Verdict
from grader.submission.fingerprints import Handout
from tests.helpers.backward_events import backward_event
from tests.helpers.builtin import loaded_course

COURSE = {item.exercise.id: item for item in loaded_course().exercises}

Numbers = npt.NDArray[np.float64]
Curve = Callable[[Numbers], Any]


@dataclass(frozen=True, kw_only=True)
class Function:
    """An elementwise function with its first and second derivative."""

    value: Curve
    slope: Curve
    bend: Curve


def function(value: Curve, slope: Curve, bend: Curve) -> Function:
    return Function(value=value, slope=slope, bend=bend)


SQUARE = function(lambda x: x**2, lambda x: 2 * x, lambda x: 2)
TWICE_SQUARE = function(lambda x: 2 * x**2, lambda x: 4 * x, lambda x: 4)
SHIFTED = function(lambda x: 3 * (x + 2) ** 2, lambda x: 6 * (x + 2), lambda x: 6)
CUBE = function(lambda x: x**3, lambda x: 3 * x**2, lambda x: 6 * x)
FOURTH = function(lambda x: x**4, lambda x: 4 * x**3, lambda x: 12 * x**2)
ITSELF = function(lambda x: x, lambda x: 1, lambda x: 0)
SIN = function(np.sin, np.cos, lambda x: -np.sin(x))
CUBE_SIN = function(
    lambda x: x**3 * np.sin(x),
    lambda x: 3 * x**2 * np.sin(x) + x**3 * np.cos(x),
    lambda x: 6 * x * np.sin(x) + 6 * x**2 * np.cos(x) - x**3 * np.sin(x),
)
SECOND_OF_CUBE_SIN = function(
    CUBE_SIN.slope,
    CUBE_SIN.bend,
    lambda x: 6 * np.sin(x) + 18 * x * np.cos(x) - 9 * x**2 * np.sin(x) - x**3 * np.cos(x),
)


def line(slope: float, offset: float = 0.0) -> Function:
    return function(lambda x: slope * x + offset, lambda x: slope, lambda x: 0)


def held(of: Function, slope: Curve, bend: Curve) -> Function:
    """A function with a part that is cut off from the graph."""
    return replace(of, slope=slope, bend=bend)


def array(values: Any, dtype: str = "float32", token: int = 0) -> Array:
    with np.errstate(all="ignore"):
        data = np.array(values, dtype=dtype)
    return Array(kind="tensor", dtype=dtype, shape=data.shape, data=data, token=token, requires_grad=token > 0)


def backward(
    of: Function,
    leaf: Any,
    reduce: str = "sum",
    *,
    weights: Any = None,
    dtype: str = "float32",
    curvature: bool = True,
    create_graph: bool = False,
    cell: int = 0,
) -> Backward:
    """A pass from the sum, the mean, or by weights from the tensor itself, as the recorder describes it."""
    x = np.array(leaf, dtype=np.float64)
    output = np.asarray(of.value(x) + 0 * x)
    factors = np.ones_like(output) if weights is None else np.array(weights, dtype=np.float64)
    if reduce == "mean":
        factors = factors / output.size
    root = output if reduce == "none" else np.asarray((factors * output).sum())
    gradient = factors * of.slope(x)
    alike = bool((x == x.flat[0]).all() or ((x == 0) | (abs(x) == 1)).all())
    entry = LeafPass(
        names=("x",),
        value=array(x, dtype, token=1),
        gradient=array(gradient, dtype),
        grad_before=None,
        grad_after=array(gradient, dtype),
        curvature=array(factors * of.bend(x) + 0 * x, dtype) if curvature and alike else None,
    )
    return backward_event(
        entry,
        root=array(root, dtype),
        output=array(output, dtype),
        place=RunPlace(cell=cell, line=1, statement=1),
        weights=array(factors, dtype),
        create_graph=create_graph,
        affine=bool(np.all(of.slope(x) == of.slope(x + 1))),
    )


def judged(exercise: str, check: str, *passes: Backward) -> Verdict:
    item = COURSE[exercise]
    verdicts = Judge(exercise, item.exercise.checks, seed=0).judge(subject(item.exercise, *passes), reference=None)
    return next(verdict for verdict in verdicts if verdict.check == check)


def subject(exercise: Any, *passes: Backward) -> Subject:
    cells = tuple(Cell(number=number, source="y.backward()", code="y.backward()") for number in range(1, 4))
    submission = Submission(path="work.ipynb", format="ipynb", sha256="", cells=cells)
    observed = Observed(Observation(events=passes, outcome=Outcome.COMPLETED))
    return Subject(
        observed=observed, submission=submission, section=section_of(exercise.names, submission), handout=Handout()
    )


ALL_TWO = np.full((3, 4), 2.0)
ONES = np.ones(4)
RANGE = np.arange(4.0)


@pytest.mark.parametrize(("check", "reduce"), [("sum-gives-1", "sum"), ("mean-gives-1-over-n", "mean")])
def test_at_zero_a_sine_is_not_taken_for_its_argument(check: str, reduce: str) -> None:
    """Value, slope and curvature are the same there."""
    assert (
        judged("mean-and-sum", check, replace(backward(SIN, np.zeros(5), reduce), output=array(0.0))).status == "failed"
    )
    assert judged("mean-and-sum", check, backward(SIN, np.zeros(5), reduce)).status == "failed"
    assert judged("mean-and-sum", check, backward(ITSELF, np.zeros(5), reduce)).status == "passed"


class TestPasses:
    """What a fair teacher signs."""

    @pytest.mark.parametrize(
        ("exercise", "check", "of", "leaf", "reduce"),
        [
            ("mean-and-sum", "mean-of-squares", SHIFTED, ALL_TWO, "mean"),
            ("mean-and-sum", "mean-of-squares", SHIFTED, ONES, "mean"),
            ("mean-and-sum", "mean-of-squares", SHIFTED, np.zeros(3), "mean"),
            ("mean-and-sum", "mean-of-squares", SHIFTED, RANGE, "mean"),
            ("mean-and-sum", "mean-gives-1-over-n", ITSELF, ONES, "mean"),
            ("mean-and-sum", "mean-gives-1-over-n", ITSELF, np.zeros(3), "mean"),
            ("mean-and-sum", "mean-gives-1-over-n", ITSELF, [-1.0, 1.0], "mean"),
            ("mean-and-sum", "sum-gives-1", ITSELF, np.full(5, 7.0), "sum"),
            ("mean-and-sum", "sum-gives-1", ITSELF, [-2.0, 2.0], "sum"),
            ("dot-gradient", "none-before", TWICE_SQUARE, np.full(4, 2.0), "sum"),
            ("dot-gradient", "none-before", TWICE_SQUARE, ONES, "none"),
            ("dot-gradient", "none-before", TWICE_SQUARE, 3 * ONES, "sum"),
            ("dot-gradient", "gradient-is-4x", TWICE_SQUARE, RANGE, "sum"),
            ("dot-gradient", "gradient-is-4x", TWICE_SQUARE, ONES, "sum"),
            ("dot-gradient", "gradient-is-4x", TWICE_SQUARE, np.full(3, 2.0), "sum"),
            ("dot-gradient", "gradient-is-4x", TWICE_SQUARE, [0.0, 1.0], "sum"),
            ("norm-squared", "gradient-is-2x", SQUARE, np.full(3, -3.0), "sum"),
            ("norm-squared", "gradient-is-2x", SQUARE, [1.0, -1.0, 0.0], "sum"),
            ("nonscalar-backward", "each-counts-once", SQUARE, ONES, "none"),
            ("nonscalar-backward", "each-counts-once", SQUARE, np.full(3, 2.0), "sum"),
            ("second-derivative", "first-by-autograd", CUBE_SIN, 2.0, "sum"),
            ("second-derivative", "first-by-autograd", CUBE_SIN, float(np.float32(np.pi)), "sum"),
            ("control-flow", "gradient-is-d-over-a", line(1024.0), 1.5, "sum"),
            ("control-flow", "gradient-is-d-over-a", line(1024.0), 1.0, "sum"),
            ("vector-control-flow", "vector-gradient", line(512.0), np.full(3, 2.0), "none"),
            ("vector-control-flow", "vector-gradient", line(512.0), [0.0, 1.0, 2.0], "none"),
        ],
    )
    def test_the_right_function_at_any_numbers(
        self, exercise: str, check: str, of: Function, leaf: Any, reduce: str
    ) -> None:
        found = judged(exercise, check, backward(of, leaf, reduce, create_graph=True))
        assert found.status == "passed", found.message
        assert found.share == 1

    def test_the_second_derivative_at_a_single_number(self) -> None:
        first = backward(CUBE_SIN, 2.0, create_graph=True)
        second = replace(backward(SECOND_OF_CUBE_SIN, 2.0, cell=1), order=2)
        assert judged("second-derivative", "second-by-autograd", first, second).status == "passed"
        # A formula of the first derivative, differentiated once, beside a pass whose result is not used.
        assert judged("second-derivative", "second-by-autograd", first, replace(second, order=1)).status == "failed"

    def test_weights_that_differ(self) -> None:
        passed = backward(SQUARE, ONES, "none", weights=[1, 10, 100, 0])
        assert judged("nonscalar-backward", "weights-scale-the-gradient", passed).status == "passed"

    def test_weights_that_are_the_output(self) -> None:
        passed = backward(line(512.0), [2.0, 2.0], "none", weights=[1024.0, 1024.0])
        assert judged("vector-control-flow", "vector-gradient", passed).status == "failed"  # times d

    @pytest.mark.parametrize("leaf", [np.full(4, 2.0), RANGE + 1, np.full((2, 2), -3.0)])
    def test_a_part_that_is_held_constant_on_purpose(self, leaf: Any) -> None:
        """u * x, with u = x² cut off: the gradient is x², which does not change with x."""
        cut = backward(held(CUBE, lambda x: x**2, lambda x: 0), leaf)
        assert judged("detach-semantics", "detached-gradient", cut).status == "passed"

    @pytest.mark.parametrize("dtype", ["float16", "float64"])
    def test_in_any_precision(self, dtype: str) -> None:
        passed = backward(SHIFTED, np.full(3, 2.0), "mean", dtype=dtype)
        assert judged("mean-and-sum", "mean-of-squares", passed).status == "passed"

    def test_without_a_curvature_at_a_number_that_formulas_do_not_meet_at_by_accident(self) -> None:
        passed = backward(CUBE_SIN, 0.8, create_graph=True, curvature=False)
        assert judged("second-derivative", "first-by-autograd", passed).status == "passed"

    def test_without_a_curvature_at_a_whole_number_whose_value_is_none(self) -> None:
        """As inside of forward mode. No other formula has this value and this slope by accident."""
        first = backward(CUBE_SIN, 2.0, create_graph=True, curvature=False)
        second = replace(backward(SECOND_OF_CUBE_SIN, 2.0, cell=1, curvature=False), order=2)
        assert judged("second-derivative", "first-by-autograd", first).status == "passed"
        # Inside of `vmap`, as by `torch.func.hessian`, weights and gradient have a dimension more.
        (leaf,) = first.leaves
        gradient = array([CUBE_SIN.slope(np.array(2.0))])
        mapped = replace(first, weights=array([1.0]), leaves=(replace(leaf, gradient=gradient),))
        assert judged("second-derivative", "first-by-autograd", mapped).status == "passed"
        assert judged("second-derivative", "second-by-autograd", first, second).status == "passed"

    def test_without_a_curvature_where_the_numbers_differ(self) -> None:
        passed = backward(SQUARE, [1.0, 2.0], curvature=False)
        assert judged("norm-squared", "gradient-is-2x", passed).status == "passed"


class TestCoincidences:
    """What has the right numbers, and is another function."""

    @pytest.mark.parametrize(
        ("exercise", "check", "of", "leaf", "reduce"),
        [
            ("mean-and-sum", "mean-of-squares", line(2.0), ALL_TWO, "sum"),
            ("mean-and-sum", "mean-of-squares", line(24.0), ALL_TWO, "mean"),
            ("mean-and-sum", "mean-of-squares", line(18.0, 9.0), ONES, "mean"),
            ("mean-and-sum", "mean-of-squares", line(12.0, 12.0), np.zeros(3), "mean"),
            ("mean-and-sum", "mean-of-squares", SQUARE, np.full(3, -2.0), "sum"),
            ("mean-and-sum", "mean-gives-1-over-n", SQUARE, ONES, "mean"),
            ("mean-and-sum", "mean-gives-1-over-n", SQUARE, np.zeros(3), "mean"),
            ("mean-and-sum", "sum-gives-1", CUBE, ONES, "sum"),
            ("mean-and-sum", "sum-gives-1", SIN, np.full(2, 0.5), "sum"),
            ("dot-gradient", "none-before", line(8.0, -8.0), np.full(4, 2.0), "sum"),
            ("dot-gradient", "none-before", line(4.0, -2.0), ONES, "none"),
            ("dot-gradient", "none-before", CUBE, ONES, "sum"),
            ("dot-gradient", "gradient-is-4x", line(8.0, -8.0), np.full(4, 2.0), "sum"),
            ("dot-gradient", "gradient-is-4x", line(4.0, -2.0), ONES, "sum"),
            ("dot-gradient", "gradient-is-4x", line(2.0), ONES, "sum"),
            ("dot-gradient", "gradient-is-4x", line(7.0), np.zeros(4), "sum"),
            ("dot-gradient", "gradient-is-4x", TWICE_SQUARE, np.zeros(4), "sum"),
            ("dot-gradient", "gradient-is-4x", CUBE, np.full(4, 2.0), "sum"),
            ("norm-squared", "gradient-is-2x", line(2.0, -1.0), ONES, "sum"),
            ("norm-squared", "gradient-is-2x", line(2.0), np.full(3, 2.0), "sum"),
            ("norm-squared", "gradient-is-2x", line(6.0, -9.0), np.full(3, 3.0), "sum"),
            ("norm-squared", "gradient-is-2x", FOURTH, [1.0, -1.0], "sum"),
            ("norm-squared", "gradient-is-2x", FOURTH, np.zeros(2), "sum"),
            ("nonscalar-backward", "each-counts-once", line(2.0, -1.0), ONES, "none"),
            ("nonscalar-backward", "each-counts-once", line(4.0, -4.0), np.full(3, 2.0), "sum"),
            ("nonscalar-backward", "each-counts-once", ITSELF, ONES, "sum"),
            ("second-derivative", "first-by-autograd", SIN, float(np.float32(np.pi)), "sum"),
            ("second-derivative", "first-by-autograd", line(1.0, -float(np.float32(np.pi))), float(np.pi), "sum"),
            ("second-derivative", "first-by-autograd", line(3.913223), 2.0, "sum"),
            ("vector-control-flow", "vector-gradient", line(7.0, 1000.0), np.zeros(3), "none"),
            ("vector-control-flow", "vector-gradient", line(7.0, 1000.0), ONES, "none"),
            ("vector-control-flow", "vector-gradient", line(7.0, 1000.0), [0.0, 0.0, 1.0], "none"),
            ("vector-control-flow", "vector-gradient", line(2000.0), np.zeros(3), "none"),
        ],
    )
    def test_are_not_what_is_asked_for(self, exercise: str, check: str, of: Function, leaf: Any, reduce: str) -> None:
        found = judged(exercise, check, backward(of, leaf, reduce, create_graph=True))
        assert found.status == "failed"
        assert not found.message.endswith("..")

    def test_another_function_is_said_to_be_one(self) -> None:
        found = judged("mean-and-sum", "mean-of-squares", backward(line(2.0), ALL_TWO))
        assert found.message.startswith(
            "The gradient of `x` is right only at these numbers (all are 2): when they change"
        )
        assert (found.actual, found.expected) == (None, None)

    def test_a_value_that_fits_by_chance_is_said_to_do_so(self) -> None:
        found = judged("norm-squared", "gradient-is-2x", backward(line(2.0), np.full(3, 2.0)))
        note = "At these numbers (all are 2) other functions have the value that is asked for as well: is it the right"
        assert found.message.endswith(f"{note} one?")
        assert (found.actual, found.expected, found.evidence) == ("[2, 2, 2]", "[4, 4, 4]", False)

    def test_zero_proves_nothing(self) -> None:
        found = judged("mean-and-sum", "mean-of-squares", backward(line(0.0), np.full(3, -2.0)))
        assert not found.found
        assert found.message.endswith("that differ from each other, and at which the value is not zero.")

    def test_where_it_cannot_be_decided_nobody_is_called_wrong(self) -> None:
        for of, leaf in ((SHIFTED, ALL_TWO), (line(24.0), ALL_TWO)):
            found = judged("mean-and-sum", "mean-of-squares", backward(of, leaf, "mean", curvature=False))
            assert found.status == "failed"
            assert "other functions have it there as well, so it proves nothing" in found.message
            assert found.message.endswith("Try it with several numbers that differ from each other.")

    def test_a_right_pass_beside_a_coincidence_counts(self) -> None:
        passes = backward(line(2.0), ALL_TWO), backward(SHIFTED, [1.0, 5.0], "mean", cell=1)
        found = judged("mean-and-sum", "mean-of-squares", *passes)
        assert (found.status, found.place and found.place.cell) == ("passed", 1)


class TestMistakes:
    """A sentence of the rubric that claims a cause is not said where only the numbers agree."""

    @pytest.mark.parametrize(
        ("exercise", "check", "passed", "not_said"),
        [
            ("norm-squared", "gradient-is-2x", backward(ITSELF, ONES, "mean"), "averaged"),
            ("norm-squared", "gradient-is-2x", backward(line(7.0, -10.0), np.full(3, 2.0)), "cut off"),
            ("norm-squared", "gradient-is-2x", backward(SQUARE, [1.0, 5.0], "mean"), "cut off"),
            ("norm-squared", "gradient-is-2x", backward(SQUARE, [1.0, 5.0], "none", weights=[0.5, 0.5]), "cut off"),
            ("dot-gradient", "gradient-is-4x", backward(TWICE_SQUARE, [1.0, 5.0], "mean"), "cut off"),
            ("dot-gradient", "gradient-is-4x", backward(ITSELF, ONES), "twice as large"),
            ("mean-and-sum", "mean-of-squares", backward(line(9.0), ONES), "This is the sum"),
            ("mean-and-sum", "mean-of-squares", backward(line(0.0, 9.0), ONES, "mean"), "factor 3"),
            ("nonscalar-backward", "each-counts-once", backward(SQUARE, [1.0, 5.0], "mean"), "cut off"),
            ("nonscalar-backward", "each-counts-once", backward(SQUARE, [1.0, 5.0], weights=[0.5, 0.5]), "cut off"),
        ],
    )
    def test_without_its_cause_is_not_named(self, exercise: str, check: str, passed: Backward, not_said: str) -> None:
        assert not_said not in said(exercise, check, passed)

    @pytest.mark.parametrize(
        ("exercise", "check", "passed", "words"),
        [
            ("norm-squared", "gradient-is-2x", backward(SQUARE, [1.0, 5.0], "mean"), "divides by the number"),
            ("norm-squared", "gradient-is-2x", backward(SQUARE, np.full(3, 2.0), "mean"), "divides by the number"),
            ("norm-squared", "gradient-is-2x", backward(SQUARE, [1.0, 5.0], "none", weights=[0.5, 0.5]), "once"),
            ("norm-squared", "gradient-is-2x", backward(line(3.0), np.full(2, 3.0)), "The other one was a constant"),
            (
                "norm-squared",
                "gradient-is-2x",
                backward(held(SQUARE, lambda x: x, lambda x: 0), [1.0, 5.0]),
                "cut off from the graph",
            ),
            ("dot-gradient", "gradient-is-4x", backward(SQUARE, np.full(3, 2.0)), "twice as large"),
            ("mean-and-sum", "mean-of-squares", backward(SHIFTED, ALL_TWO), "This is the sum"),
        ],
    )
    def test_with_its_cause_is_named(self, exercise: str, check: str, passed: Backward, words: str) -> None:
        assert words in said(exercise, check, passed)


def said(exercise: str, check: str, passed: Backward) -> str:
    """What the student is told: the rubric's sentence, or the message of the verdict."""
    item = COURSE[exercise]
    verdicts = Judge(exercise, item.exercise.checks, seed=0).judge(subject(item.exercise, passed), reference=None)
    scores = score_checks(item.exercise, item.rubric, verdicts)
    return next(
        score.message or verdict.message
        for score, verdict in zip(scores, verdicts, strict=True)
        if verdict.check == check
    )


class TestSeveralLeaves:
    """Roles: each leaf moves alone."""

    LINES = (parse("root == mean(2 * x ** 2 + 2 * y ** 2)"), parse("x.gradient == 4 * x"))

    def variables(
        self, *, root: float, gradient: float, of_y: float, curvature: float, bend: float = 1.0
    ) -> dict[str, Any]:
        ones = np.ones((2, 2))
        return {
            "x": Role(value=array(1.0), gradient=array(gradient), grad=None, curvature=array(curvature)),
            "y": Role(value=array(ones), gradient=array(of_y * ones), grad=None, curvature=array(bend * ones)),
            "root": array(root),
            "output": array(root * ones),
            "weights": array(ones / 4),
        }

    def test_the_right_function(self) -> None:
        variables = nearby(self.variables(root=4.0, gradient=4.0, of_y=1.0, curvature=4.0))
        assert all(line.holds(variables) for line in self.LINES)

    def test_another_function(self) -> None:
        """2x + 2y"""
        variables = nearby(self.variables(root=4.0, gradient=2.0, of_y=0.5, curvature=0.0, bend=0.0))
        assert self.LINES[0].holds(dict(variables))
        assert not self.LINES[0].holds(variables)
        assert parse("root == mean(2 * x + 2 * y)").holds(variables)

    def test_a_straight_line(self) -> None:
        variables = nearby(self.variables(root=4.0, gradient=4.0, of_y=1.0, curvature=0.0))
        assert not self.LINES[1].holds(variables)


@pytest.mark.parametrize(
    ("leaf", "words"),
    [
        (np.full(3, 2.0), " (all are 2)"),
        ([0.0, 1.0, -1.0], " (all are -1, 0, 1)"),
        (3.0, " (a single number, 3)"),
        ([1.0, 2.0], ""),
        ([], ""),
        ([np.nan, np.nan], ""),
    ],
)
def test_numbers_are_put_into_words(leaf: Any, words: str) -> None:
    assert numbers_in_words({"leaf": array(leaf), "gradient": None}) == words
    assert numbers_in_words({"y": array(leaf)}) == ""


class TestExercisesOfOthers:
    """What the evaluator does for any exercise."""

    def verdict(self, tmp_path: Any, checks: str, *passes: Backward) -> Verdict:
        path = tmp_path / "sample.yaml"
        path.write_text(f"id: sample\ntitle: The sample\nstatement: Do it.\nchecks:\n{checks}", encoding="utf-8")
        exercise = load_exercise(path)
        return Judge("sample", exercise.checks, seed=0).judge(subject(exercise, *passes), reference=None)[-1]

    def test_grad_is_tested_where_it_is_the_gradient_of_one_pass(self, tmp_path: Any) -> None:
        check = "  - {id: c, kind: backward, expect: {grad: 2 * leaf}}\n"
        assert self.verdict(tmp_path, check, backward(SQUARE, ONES)).status == "passed"
        assert self.verdict(tmp_path, check, backward(line(2.0), ONES)).status == "failed"

    def test_an_element_that_says_nothing_is_not_compared(self, tmp_path: Any) -> None:
        check = "  - {id: c, kind: backward, expect: {gradient: output / leaf}}\n"
        assert self.verdict(tmp_path, check, backward(line(5.0), [0.0, 1.0, 3.0], "none")).status == "passed"
        found = self.verdict(tmp_path, check, backward(line(5.0), np.zeros(3), "none"))
        assert found.status == "failed"
        assert "cannot be judged" in found.message

    def test_a_wanted_zero_is_a_zero(self, tmp_path: Any) -> None:
        check = "  - {id: c, kind: backward, expect: {gradient: 0}}\n"
        assert self.verdict(tmp_path, check, backward(line(0.0, 5.0), [1.0, 3.0])).status == "passed"

    def test_zeros_that_agree_prove_nothing_in_a_line_either(self, tmp_path: Any) -> None:
        check = "  - {id: c, kind: backward, holds: gradient == 2 * leaf}\n"
        found = self.verdict(tmp_path, check, backward(CUBE, np.zeros(3)))
        assert found.status == "failed"
        assert found.message.startswith("`gradient == 2 * leaf` holds at these numbers (all are 0), but it would for")
        assert self.verdict(tmp_path, check, backward(SQUARE, [0.0, 2.0])).status == "passed"

    def test_the_earliest_of_those_that_pass_is_shown(self, tmp_path: Any) -> None:
        check = "  - {id: c, kind: backward, expect: {gradient: 2 * leaf}}\n"
        passes = [backward(SQUARE, [1.0, 2.0], cell=cell) for cell in (1, 2)]
        found = self.verdict(tmp_path, check, backward(CUBE, [1.0, 2.0]), *passes)
        assert (found.status, found.place and found.place.cell) == ("passed", 1)

    def test_the_latest_of_those_that_fail_is_shown(self, tmp_path: Any) -> None:
        check = "  - {id: c, kind: backward, expect: {gradient: 2 * leaf}}\n"
        passes = [backward(CUBE, [1.0, 2.0], cell=cell) for cell in (0, 1)]
        found = self.verdict(tmp_path, check, *passes)
        assert (found.status, found.place and found.place.cell) == ("failed", 1)

    def test_without_a_candidate_places_of_the_events_are_kept(self, tmp_path: Any) -> None:
        check = "  - {id: c, kind: backward, given: passes == 7}\n"
        passes = [backward(CUBE, [1.0, 2.0], cell=cell) for cell in (0, 1)]
        found = self.verdict(tmp_path, check, *passes)
        assert [place and place.cell for place in found.places] == [1, 0]
        assert len(found.variables) == 2


class TestRemarks:
    """A pass that is right on its own, while ``.grad`` holds more."""

    def remark(self, exercise: str, check: str, passed: Backward, before: Any, after: Any) -> str | None:
        (leaf,) = passed.leaves
        kept = replace(leaf, grad_before=None if before is None else array(before), grad_after=array(after))
        item = COURSE[exercise]
        seen = subject(item.exercise, replace(passed, leaves=(kept,)))
        verdicts = Judge(exercise, item.exercise.checks, seed=0).judge(seen, reference=None)
        scores = score_checks(item.exercise, item.rubric, verdicts)
        (score,) = (
            score for score, verdict in zip(scores, verdicts, strict=True) if verdict.check == check and score.score
        )
        return score.remark

    @pytest.mark.parametrize(
        ("exercise", "check", "passed", "before"),
        [
            ("mean-and-sum", "sum-gives-1", backward(ITSELF, [1.0, 5.0]), [0.5, 0.5]),
            ("mean-and-sum", "mean-gives-1-over-n", backward(ITSELF, [1.0, 5.0], "mean"), [1.0, 1.0]),
            ("norm-squared", "gradient-is-2x", backward(SQUARE, [1.0, 5.0]), [2.0, 10.0]),
            ("dot-gradient", "gradient-is-4x", backward(TWICE_SQUARE, [1.0, 5.0]), [4.0, 20.0]),
            ("nonscalar-backward", "each-counts-once", backward(SQUARE, [1.0, 5.0], "none"), [0.0, 3.0]),
        ],
    )
    def test_is_made_where_it_was_not_cleared(self, exercise: str, check: str, passed: Backward, before: Any) -> None:
        gradient = passed.leaves[0].gradient
        assert gradient is not None
        assert gradient.data is not None
        added = self.remark(exercise, check, passed, before, np.array(before) + gradient.data)
        assert added is not None
        assert "is the sum of this gradient and of the passes before it" in added
        # Cleared; the first pass of all; returned by autograd.grad, beside what another pass left.
        for earlier, after in (([0.0, 0.0], gradient.data), (None, gradient.data), (before, before)):
            assert self.remark(exercise, check, passed, earlier, after) is None

    def test_numbers_that_show_nothing_are_remarked_upon(self) -> None:
        remark = self.remark("norm-squared", "gradient-is-2x", backward(SQUARE, ONES), None, 2 * ONES)
        assert remark is not None
        assert "these numbers do not show you that 2x is right" in remark


class TestHostileRecords:
    """A student's process may have written any shapes and numbers. Nothing raises, and nothing warns."""

    NUMBERS = st.sampled_from([0.0, 1.0, -1.0, 2.0, 1e-320, 1e308, -1e200, np.nan, np.inf])
    ARRAYS = st.one_of(
        st.none(),
        st.builds(
            lambda shape, number, dtype: array(np.full(shape, number), dtype),
            st.sampled_from([(), (0,), (1,), (3,), (2, 3), (3, 1)]),
            NUMBERS,
            st.sampled_from(["float32", "float64", "complex64"]),
        ),
        st.lists(NUMBERS, max_size=3).map(array),
        st.just(Array(kind="tensor", dtype="float32", shape=(1000, 1000), data=None)),
    )
    LINES = tuple(
        parse(text)
        for text in (
            "root == sum(leaf ** 2)",
            "output == leaf ** 2",
            "gradient == 2 * leaf",
            "sum(weights * output) == mean(3 * (leaf + 2) ** 2)",
            "gradient == output / leaf",
            "x.gradient == 4 * x / size(x)",
            "grad == gradient",
            "root == mean(x) + sum(y)",
        )
    )
    NAMES = ("leaf", "gradient", "curvature", "grad", "root", "output", "weights")

    @pytest.mark.filterwarnings("error")
    @given(st.fixed_dictionaries(dict.fromkeys(NAMES, ARRAYS)), ARRAYS, ARRAYS, st.booleans())
    def test_are_looked_at_nearby_as_others_are(
        self, variables: dict[str, Any], value: Array | None, gradient: Array | None, roles: bool
    ) -> None:
        if roles:
            role = Role(value=value, gradient=gradient, grad=gradient, curvature=variables["curvature"])
            variables = {**variables, "x": role, "y": role}
        close_by = nearby(variables)
        for text in self.LINES:
            if text.holds(close_by):
                assert text.holds(variables)
        for seen, wanted in (("gradient", "2 * leaf"), ("output", "leaf"), ("x.gradient", "4 * x")):
            one, other = parse(seen), parse(wanted)
            values = one.evaluate(variables), other.evaluate(variables)
            assert isinstance(doubt_of(one, other, values, close_by, None), str)
        assert isinstance(numbers_in_words(variables), str)
        assert isinstance(happened_in({**variables, "passes": 3}, accumulates=True), Happened)


class TestDataBesideTheLeaf:
    """The slopes of a linear model at weights of zero: the data, of which no change is known, is taken for constant."""

    X = np.random.default_rng(0).normal(size=(8, 3))
    Y = np.random.default_rng(1).normal(size=8)
    WANTED = parse("2 * X.T @ (X @ w - y) / 8")

    def doubt(self, curvature: Numbers, wanted: Any = WANTED, **others: Array) -> str:
        w = Role(value=array(np.zeros(3)), gradient=array(-2 * self.X.T @ self.Y / 8), curvature=array(curvature))
        variables = nearby({"w": w, "X": array(self.X), "y": array(self.Y), **others})
        seen = parse("w.gradient")
        values = (seen.evaluate(variables), wanted.evaluate(variables))
        return doubt_of(seen, wanted, values, variables, None)

    def test_a_gradient_that_changes_as_the_formula_does_is_none(self) -> None:
        assert not self.doubt(2 * self.X.T @ self.X @ np.ones(3) / 8)

    def test_one_that_stays_is_doubted(self) -> None:
        assert "other functions have it there as well" in self.doubt(np.zeros(3))

    def test_a_value_that_requires_a_gradient_is_not_taken_for_constant(self) -> None:
        v = replace(array(self.X), requires_grad=True)
        curvature = 2 * self.X.T @ self.X @ np.ones(3) / 8
        assert self.doubt(curvature, parse("2 * v.T @ (v @ w - y) / 8"), v=v)
