"""When a submission runs a second time to find how its curves change: with a stand-in for the sandbox."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from grader.judging.second_run_changes import SecondRunChanges
from grader.model import Array, Curve, Figure, Job, Limits, Observation, Outcome, Probes, RunPlace, Verdict
from grader.pipeline.second_run import MIN_WALL_S, SecondRun
from grader.runtime.protocol.record import SECOND_RUN_CHANGE, SECOND_RUN_LEAST
from grader.sandbox.sandbox import Run

VALUES = np.cos(np.linspace(0.0, 6.3, 50))
JOB = Job(
    cells=(), format="py", file_name="a.py", seed=0, probes=Probes(names=("x",)), limits=Limits(wall_s=10.0), files=()
)


def figure(values: np.ndarray[Any, Any], *, untouched: bool = False) -> Figure:
    array = Array(kind="ndarray", dtype="float64", shape=values.shape, data=values)
    place = RunPlace(cell=0, statement=0, line=1)
    curve = Curve(axes=0, x=array, y=array, label="", default_x=False, place=place, untouched=untouched)
    return Figure(place=place, curves=(curve,), titles=(), labels=(), legend=())


FIRST = Observation(events=(figure(VALUES),), outcome=Outcome.COMPLETED, duration_s=4.0)
SECOND = figure(VALUES * (1 + SECOND_RUN_CHANGE * SECOND_RUN_LEAST))
CHANGED = pytest.approx(SECOND_RUN_LEAST, abs=1e-3)


class Recording:
    """A sandbox in which autograd computed the curve; it keeps what it was asked to run."""

    def __init__(self) -> None:
        self.asked: list[tuple[Job, float | None]] = []

    def run(self, job: Job, *, within_s: float | None = None) -> Run:
        self.asked.append((job, within_s))
        return Run(observation=replace(FIRST, events=(SECOND,)), stream=b"")


class Asking:
    """A judge, of which only this is asked."""

    def __init__(self, *, wants: bool = True) -> None:
        self._wants = wants

    def wants_changes(self, subject: object, *, besides: SecondRunChanges | None = None) -> bool:
        return self._wants and (besides is None or besides.curves.get((0, 0)) is None)


def change(second_run: SecondRun, judge: Asking) -> Any:
    """The least change of the points of the only curve; None where nobody knows it."""
    changes = second_run.changes_for(judge, None)  # type: ignore[arg-type]  # stand-ins
    assert changes is not None
    changed = changes.curves[0, 0]
    return None if changed is None else np.abs(changed).min()


def second_run_of(sandbox: Recording, **first: Any) -> SecondRun:
    return SecondRun(sandbox, JOB, replace(FIRST, **first))  # type: ignore[arg-type]  # a stand-in


def test_nothing_runs_where_no_verdict_depends_on_it() -> None:
    sandbox = Recording()
    assert second_run_of(sandbox).changes_for(Asking(wants=False), None) is None  # type: ignore[arg-type]  # stand-ins
    assert not sandbox.asked


def test_it_runs_once_for_all_exercises_in_the_time_that_is_left() -> None:
    sandbox = Recording()
    second_run = second_run_of(sandbox)
    for _ in range(2):
        assert change(second_run, Asking()) == CHANGED
    ((job, within_s),) = sandbox.asked
    assert (job.intervene, job.probes, job.limits, within_s) == (True, Probes(), JOB.limits, 6.0)


def test_it_has_a_second_at_least() -> None:
    sandbox = Recording()
    change(second_run_of(sandbox, duration_s=9.99), Asking())
    assert [within_s for _, within_s in sandbox.asked] == [MIN_WALL_S]


def test_nothing_is_known_where_the_first_run_used_all_its_time() -> None:
    sandbox = Recording()
    assert change(second_run_of(sandbox, duration_s=10.0), Asking()) is None
    assert not sandbox.asked


def test_a_second_run_in_the_first_ones_process_is_enough_where_it_left_nothing_open() -> None:
    sandbox = Recording()
    assert change(second_run_of(sandbox, second_run_figures=(SECOND,)), Asking()) == CHANGED
    assert not sandbox.asked
    assert change(second_run_of(sandbox, second_run_figures=()), Asking()) == CHANGED
    assert len(sandbox.asked) == 1


def test_nothing_runs_where_the_first_run_shows_how_the_curves_would_change() -> None:
    sandbox = Recording()
    assert change(second_run_of(sandbox, events=(figure(VALUES, untouched=True),)), Asking()) == 0
    assert not sandbox.asked


def test_a_second_run_that_left_something_open_is_not_tried_again_where_the_first_run_showed_all() -> None:
    sandbox = Recording()
    first = second_run_of(sandbox, events=(figure(VALUES, untouched=True),), second_run_figures=())
    assert change(first, Asking()) == 0
    assert not sandbox.asked


class Failing(Asking):
    """A judge whose only check passes where the curve changes as autograd's would."""

    def wants_changes(self, subject: object, *, besides: SecondRunChanges | None = None) -> frozenset[str]:  # type: ignore[override]
        return frozenset({"c"}) if super().wants_changes(subject, besides=besides) else frozenset()

    def judge(self, subject: object, *, reference: object, changes: Any, notes: object) -> tuple[Verdict, ...]:
        changed = changes.curves[0, 0]
        passes = changed is not None and np.abs(changed).min() > 0
        return (Verdict(check="c", status="passed" if passes else "failed", message=""),)


def test_no_check_fails_by_what_the_first_run_shows_alone() -> None:
    sandbox = Recording()
    second_run = second_run_of(sandbox, events=(figure(VALUES, untouched=True),))
    (verdict,) = second_run.judge(Failing(), None, None)  # type: ignore[arg-type]  # stand-ins
    assert verdict.status == "passed"
    assert len(sandbox.asked) == 1
