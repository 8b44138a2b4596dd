"""The sources of curves: the arithmetic by itself, and all of it through a real worker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader.course.exercise import load_exercise
from grader.course.named_courses import builtin_course
from grader.judging.checks.plot import PlotCheck
from grader.judging.curves.curve_sources import CurveSource, curve_values, figures_of, find_changes, is_clear, source_of
from grader.judging.curves.plotted_gradients import DOUBLED, ComputedGradients
from grader.model import Array, Backward, Figure, LeafPass, Level, Limits, Observation, Outcome, Probes, RunPlace
from grader.runtime.protocol.record import SECOND_RUN_LEAST, SECOND_RUN_SWING, second_run_turns
from grader.sandbox.preload import EVERYTHING
from grader.sandbox.sandbox import Sandbox
from grader.sandbox.worker_handle import WorkerHandle
from tests.helpers.backward_events import backward_event
from tests.helpers.observing import Observer
from tests.judging.curve_forms import ANYBODY, KEPT_ELSEWHERE, RIGHT, SETUP, TANGENTS, WRONG

X = np.linspace(0, 6.3, 100)
COSINE = np.cos(X)


def array(values: Any) -> Array:
    data = np.asarray(values)
    return Array(kind="tensor", dtype=data.dtype.name, shape=data.shape, data=data)


def backward(leaf: Any, output: Any, gradient: Any, *, line: int = 1, **fields: Any) -> Backward:
    reached = LeafPass(
        names=(), value=array(leaf), gradient=array(gradient), grad_before=None, grad_after=array(gradient)
    )
    place = RunPlace(cell=0, line=line, statement=1)
    return backward_event(reached, root=array(np.sum(output)), output=array(output), place=place, **fields)


def change_of(leaf: Any, line: int = 1) -> Any:
    """By how many units the second run changes the gradient of a leaf."""
    factor, start = second_run_turns(0, line)
    side = 2 * ((leaf * factor + start) % 1) - 1
    return SECOND_RUN_SWING * side + SECOND_RUN_LEAST * np.sign(side)


SINE = backward(X, np.sin(X), COSINE)


def source(values: Any, change: Any, *events: Backward) -> str:
    """The source of a curve where only the pass of the sine is meant."""
    computed = ComputedGradients(events or (SINE,))

    def is_meant(gradient: Any) -> bool:
        return np.array_equal(gradient.variables["output"].data, np.sin(gradient.variables["leaf"].data))

    return source_of(values, change, computed, is_meant).source


class TestSourceOfACurve:
    def test_gradients_that_change_as_the_second_run_changed_them_are_autograds(self) -> None:
        assert source(COSINE, change_of(X)) == "autograd"
        assert source(COSINE[::2], change_of(X[::2])) == "autograd"
        assert source(COSINE[::-1], change_of(X[::-1])) == "autograd"

    def test_every_second_point_of_a_symmetric_range_is_as_well(self) -> None:
        for points in (np.linspace(-4, 4, 200), np.linspace(-np.pi, np.pi, 200)):
            whole = backward(points, np.sin(points), np.cos(points))
            alone = [backward(x, np.sin(x), np.cos(x)) for x in points]
            for part in (points[::2], points[1::2], points[::5]):
                assert source(np.cos(part), change_of(part), whole) == "autograd"
                assert source(np.cos(part), change_of(part), *alone) == "autograd"
                assert source(np.cos(part), change_of(part, 2), whole) != "autograd"
                assert source(np.cos(part), np.full(part.shape, change_of(part)[3]), whole) == "other"

    def test_a_multiple_of_a_gradient_is_as_well(self) -> None:
        assert source(COSINE, change_of(X), backward(X, np.sin(X), COSINE / 100)) == "autograd"

    def test_each_point_of_a_loop_changes_by_its_own_pass(self) -> None:
        passes = [backward(x, np.sin(x), np.cos(x), line=n) for n, x in enumerate(X, start=1)]
        changes = np.array([change_of(x, n) for n, x in enumerate(X, start=1)])
        assert source(COSINE, changes, *passes) == "autograd"
        assert source(COSINE, changes[::-1], *passes) == "unknown"

    def test_a_curve_that_stays_is_not(self) -> None:
        assert source(COSINE, np.zeros(100)) == "other"

    def test_a_formula_times_a_gradient_is_not(self) -> None:
        for constant in (SECOND_RUN_LEAST, change_of(X)[0], 20.0):
            assert source(COSINE, np.full(100, constant)) == "other"

    def test_gradients_of_another_pass_are_not(self) -> None:
        other = backward(X, X * COSINE, COSINE, line=2)
        assert source(COSINE, change_of(X, 2), SINE, other) == "other"
        assert source(COSINE, change_of(X, 1), SINE, other) == "autograd"

    def test_a_person_decides_where_both_come_from_one_line(self) -> None:
        assert source(COSINE, change_of(X), SINE, backward(X, X * COSINE, COSINE)) == "unknown"

    def test_a_person_decides_on_what_was_computed_from_gradients(self) -> None:
        between = np.interp(X + 0.01, X, COSINE * change_of(X)) / np.interp(X + 0.01, X, COSINE)
        assert source(np.interp(X + 0.01, X, COSINE), between) == "unknown"
        assert source(COSINE, -change_of(X)) == "unknown"
        assert source(COSINE, -change_of(X), backward(X, X**2, 2 * X)) == "other"
        # A hook of something that is no leaf sees gradients that were doubled.
        assert source(COSINE, np.full(100, DOUBLED)) == "unknown"

    def test_a_person_decides_where_a_pass_does_not_show_its_values(self) -> None:
        large = Array(kind="tensor", dtype="float32", shape=(100,), data=None)
        reached = LeafPass(names=(), value=large, gradient=large, grad_before=None, grad_after=None)
        hidden = backward(X, X**2, 2 * X)
        shown = {name: getattr(hidden, name) for name in hidden.__dataclass_fields__}
        assert source(COSINE, change_of(X, 2), hidden, Backward(**shown | {"leaves": (reached,)})) == "unknown"

    def test_rounded_values_hide_what_changes(self) -> None:
        assert source(COSINE.round(3), np.zeros(100)) == "unknown"
        assert source(COSINE.round(3), np.zeros(100), backward(X, X**2, 2 * X + 5)) == "other"
        half = COSINE.astype(np.float16).astype(float)
        assert source(half, np.zeros(100)) == "unknown"
        assert source(half, np.zeros(100), backward(X, X**2, 2 * X + 5)) == "other"

    def test_gradients_of_16_bits_hide_what_changes(self) -> None:
        half = COSINE.astype(np.float16)
        passed = backward(X.astype(np.float16), np.sin(X).astype(np.float16), half)
        assert source(half.astype(float), np.zeros(100), passed) == "unknown"
        assert source(half.astype(float)[::2], np.zeros(50), passed) == "unknown"
        share = (half / 100).astype(np.float16)
        mean = backward(X.astype(np.float16), np.sin(X).astype(np.float16), share)
        for curve in (100 * share, 100.0 * share.astype(float)):
            assert source(curve.astype(float), np.zeros(100), mean) == "unknown"
        assert source(COSINE, np.zeros(100), passed, mean) == "other"
        other = backward(X.astype(np.float16), (X**2).astype(np.float16), (2 * X).astype(np.float16))
        assert source(COSINE, np.zeros(100), other) == "other"

    def test_a_curve_that_changes_otherwise_is_unknown(self) -> None:
        half = np.where(np.arange(100) < 45, change_of(X), 0)
        for change in (None, change_of(X)[:-1], half):
            assert source(COSINE, change) == "unknown"

    def test_what_is_not_finite_is_left_out(self) -> None:
        broken = np.where(np.arange(100) == 3, np.nan, COSINE)
        assert source(broken, change_of(X)) == "autograd"
        assert source(np.full(4, np.nan), np.full(4, np.nan)) == "unknown"
        assert source(np.zeros(4), np.full(4, np.nan)) == "unknown"

    def test_a_curve_is_clear_where_only_the_second_run_changed_it(self) -> None:
        assert all(map(is_clear, (np.zeros(100), change_of(X), np.full(100, DOUBLED), 2 * change_of(X))))
        assert not any(map(is_clear, (None, np.full(100, 3000.0), np.linspace(-50, 50, 100))))


OF = next(check for check in load_exercise(builtin_course() / "exercises" / "sin-derivative.yaml").checks if check.of)


@pytest.fixture(scope="module")
def by_form(observe: Observer) -> dict[str, CurveSource]:
    """The sources of all forms by their names. All are cells of one notebook, so each has the right passes of others
    beside it.
    """
    return sources_of_forms(observe, RIGHT | WRONG | ANYBODY)


def sources_of_forms(observe: Observer, forms: Mapping[str, str]) -> dict[str, CurveSource]:
    cells = [f"{SETUP}{code}\nplt.plot(x.detach(), d)" for code in forms.values()]
    limits = Limits(wall_s=120.0)
    first = observe(*cells, limits=limits, probes=Probes(second_run=True))
    second = observe(*cells, limits=limits, intervene=True)
    assert len(figures_of(first)) == len(forms), [event for event in first.events if "Uncaught" in type(event).__name__]
    found = sources_by_key(first, figures_of(second))
    return dict(zip(forms, found.values(), strict=True))


def sources_by_key(observation: Observation, second: Sequence[Figure]) -> dict[tuple[int, int], CurveSource]:
    assert isinstance(OF, PlotCheck)
    values, changes = curve_values(figures_of(observation)), find_changes(observation, second)
    computed, is_meant = ComputedGradients(observation.events), OF.meant_gradients()
    return {key: source_of(values[key], changes[key], computed, is_meant) for key in values}  # type: ignore[arg-type]


def sources(observation: Observation, second: Sequence[Figure]) -> list[str]:
    return [found.source for found in sources_by_key(observation, second).values()]


@pytest.mark.parametrize("form", RIGHT)
def test_gradients_in_every_form_are_autograds(by_form: dict[str, CurveSource], form: str) -> None:
    assert by_form[form].source == "autograd", by_form[form]


def test_gradients_that_are_kept_elsewhere_are_autograds_too(observe: Observer) -> None:
    found = sources_of_forms(observe, KEPT_ELSEWHERE)
    assert {name: one.source for name, one in found.items()} == dict.fromkeys(KEPT_ELSEWHERE, "autograd")


@pytest.mark.parametrize("form", WRONG)
def test_a_cosine_in_every_disguise_is_not(by_form: dict[str, CurveSource], form: str) -> None:
    assert by_form[form].source == "other", by_form[form]


def test_a_polynomial_with_the_slope_put_in_is_not(observe: Observer) -> None:
    found = sources_of_forms(observe, TANGENTS)
    assert {name: one.source for name, one in found.items()} == dict.fromkeys(TANGENTS, "other")


@pytest.mark.parametrize("form", ANYBODY)
def test_what_only_a_person_can_tell_is_unknown(by_form: dict[str, CurveSource], form: str) -> None:
    assert by_form[form].source == "unknown"
    assert by_form[form].reason


def test_a_second_run_in_the_first_ones_process_shows_the_same(observe: Observer) -> None:
    cells = [f"{SETUP}{form[name]}\nplt.plot(x.detach(), d)" for form in (RIGHT, WRONG) for name in list(form)[:3]]
    observation = observe(*cells, probes=Probes(second_run=True))
    assert observation.second_run_figures is not None
    assert sources(observation, observation.second_run_figures) == ["autograd"] * 3 + ["other"] * 3


class TestSecondRunInTheSameProcess:
    """The second run starts in a fresh state, as far as honest code can see."""

    @pytest.mark.parametrize(
        "code",
        [
            "if 'd' not in globals():\n    y.sum().backward()\n    d = x.grad",
            "y.sum().backward()\nd = x.grad * 1\ntorch.set_grad_enabled(False)",
            "from pathlib import Path\ny.sum().backward()\nd = x.grad\nif Path('d.npy').exists():\n"
            "    d = np.load('d.npy')\nnp.save('d.npy', d)",
            "import helper\nd = helper.derivative()",
        ],
    )
    def test_nothing_of_the_first_run_is_found_again(self, observe: Observer, code: str) -> None:
        helper = (
            "import functools, torch\n@functools.cache\ndef derivative():\n"
            "    x = torch.linspace(0, 6.3, 100, requires_grad=True)\n    x.sin().sum().backward()\n    return x.grad\n"
        )
        observation = observe(
            SETUP + code + "\nplt.plot(x.detach(), d)\nplt.show()",
            probes=Probes(second_run=True),
            files=(("helper.py", helper.encode()),),
        )
        assert observation.second_run_figures is not None
        assert sources(observation, observation.second_run_figures) == ["autograd"]

    def test_it_removes_nothing_but_what_lies_where_the_submission_ran(self, tmp_path: Path) -> None:
        """Without isolation a submission may change to a folder of the user."""
        (tmp_path / "precious.txt").write_text("all my work")
        code = f"import os\nopen('left.txt', 'w').close()\nos.chdir({str(tmp_path)!r})\n" + SETUP
        code += "y.sum().backward()\nplt.plot(x.detach(), x.grad if not os.path.exists('left.txt') else y.detach())\n"
        worker = WorkerHandle.start(level=Level.NONE)
        worker.configure(EVERYTHING)  # a run that imports it all may take too long to be run again in its process
        sandbox = Sandbox(worker, WorkerHandle.start)
        try:
            observation = Observer(sandbox)(code, probes=Probes(second_run=True))
        finally:
            sandbox.close()
        assert observation.second_run_figures is not None
        assert sources(observation, observation.second_run_figures) == ["autograd"]
        assert (tmp_path / "precious.txt").read_text() == "all my work"

    def test_the_record_of_the_run_is_as_without_it(self, observe: Observer) -> None:
        code = SETUP + "print('once')\ny.sum().backward()\nplt.plot(x.detach(), x.grad * 1)\nplt.show()\n1 / 0\n"
        without, with_one = observe(code), observe(code, probes=Probes(second_run=True))
        assert with_one.second_run_figures is not None
        assert without.second_run_figures is None
        assert [type(event) for event in with_one.events] == [type(event) for event in without.events]
        assert with_one.outcome is without.outcome

    @pytest.mark.parametrize("code", ["plt.plot(x.detach(), y.detach())", "y.sum().backward()"])
    def test_there_is_none_where_it_could_tell_nothing(self, observe: Observer, code: str) -> None:
        assert observe(SETUP + code, probes=Probes(second_run=True)).second_run_figures is None

    def test_a_slow_run_gets_none_on_suspicion(self, observe: Observer) -> None:
        code = SETUP + "import time\ntime.sleep(2.1)\ny.sum().backward()\nplt.plot(x.detach(), x.grad)\n"
        assert observe(code, probes=Probes(second_run=True)).second_run_figures is None

    @pytest.mark.parametrize(
        "end", ["import os; os._exit(3)", "while True: pass", "import ctypes; ctypes.string_at(0)"]
    )
    def test_one_that_comes_to_no_end_costs_the_run_nothing(self, observe: Observer, end: str) -> None:
        code = SETUP + "y.sum().backward()\nplt.plot(x.detach(), x.grad)\nplt.show()\n"
        code += f"if not (x.grad[0] == 1):\n    {end}\n"
        observation = observe(code, probes=Probes(second_run=True), limits=Limits(wall_s=3.0))
        assert observation.outcome is Outcome.COMPLETED
        assert observation.second_run_figures in (None, ()) or len(observation.second_run_figures) == 1
