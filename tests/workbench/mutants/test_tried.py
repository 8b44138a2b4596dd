"""A survivor that is compared with the reference: where a run lacked time, both run once more."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from grader.model import Observation, Outcome
from grader.workbench.mutants import tried
from grader.workbench.mutants.tried import SEEDS, TriedMutant, TryMutant

DONE = Observation(events=(), outcome=Outcome.COMPLETED)
STOPPED = Observation(events=(), outcome=Outcome.TIMEOUT)
KEPT_WAITING = replace(STOPPED, lacked_time=True)
ITEM: Any = SimpleNamespace(exercise=SimpleNamespace(id="x", checks=()), solution=None)
WORK = TryMutant(exercise="x", text="", wanted=())


class NoBench:
    """What references were observed of, which are kept by bench."""


def compared(monkeypatch: pytest.MonkeyPatch, *observations: Observation) -> tuple[TriedMutant, int]:
    """What comes out of runs of the reference and of the mutant, in turn, and how many runs there were."""
    left = [*observations, *[DONE] * 10]
    monkeypatch.setattr(tried, "_observe", lambda *_: left.pop(0))
    monkeypatch.setattr(tried, "_read", lambda item: None)
    monkeypatch.setattr(tried, "names_in", lambda submission: ())
    bench: Any = NoBench()
    result = tried._compared_closely(bench, ITEM, ITEM, TriedMutant(caught=False), 1.0)
    return result, len(observations) + 10 - len(left)


def test_what_does_the_same_is_run_once_for_each_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    result, runs = compared(monkeypatch)
    assert (result.differs_in, runs) == ("", 2 * len(SEEDS))


def test_what_differs_is_run_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    result, runs = compared(monkeypatch, DONE, STOPPED)
    assert (result.differs_in, runs) == ("how the run ends", 2)
    assert WORK.is_lasting(result)


@pytest.mark.parametrize("first", [(DONE, KEPT_WAITING), (KEPT_WAITING, DONE)])
def test_where_one_of_both_lacked_time_both_run_again(
    first: tuple[Observation, Observation], monkeypatch: pytest.MonkeyPatch
) -> None:
    result, runs = compared(monkeypatch, *first)
    assert (result.differs_in, runs) == ("", 2 * len(SEEDS) + 2)
    assert WORK.is_lasting(result)


def test_where_it_lacks_time_again_nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    result, runs = compared(monkeypatch, DONE, KEPT_WAITING, DONE, KEPT_WAITING)
    assert (result.differs_in, runs) == ("how the run ends", 4)
    assert not WORK.is_lasting(result)
