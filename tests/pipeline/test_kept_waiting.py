"""Runs that were kept waiting until their time was over, with a stand-in for the sandbox."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from grader.model import Job, Limits, Observation, Outcome
from grader.pipeline.kept_waiting import PatientSandbox, in_words, more_time_for, share_waited
from grader.sandbox.sandbox import Run

JOB = Job(cells=(), format="py", file_name="a.py", seed=0, limits=Limits(wall_s=10.0))
ENDED = Observation(events=(), outcome=Outcome.COMPLETED, duration_s=9.0, waited_s=5.0)
LATE = Observation(events=(), outcome=Outcome.TIMEOUT, duration_s=10.0, waited_s=4.0, lacked_time=True)
ENDLESS = Observation(events=(), outcome=Outcome.TIMEOUT, duration_s=10.0, waited_s=4.0)
KILLED = Observation(events=(), outcome=Outcome.TIMEOUT, duration_s=10.5, waited_s=0.4, lacked_time=True)


class Busy:
    """Gives one observation after the other, and keeps the seconds that each run had."""

    def __init__(self, *observations: Observation) -> None:
        self._observations: Iterator[Observation] = iter(observations)
        self.had: list[float] = []

    def run(self, job: Job, *, within_s: float | None = None) -> Run:
        self.had.append(job.limits.wall_s if within_s is None else within_s)
        return Run(observation=next(self._observations), stream=b"")


def test_a_run_that_ended_is_final_however_long_it_waited() -> None:
    busy = Busy(ENDED)
    sandbox = PatientSandbox(busy, again=True)
    assert sandbox.run(JOB).observation is ENDED
    assert (sandbox.kept_waiting, busy.had) == (0.0, [10.0])


@pytest.mark.parametrize("run", [ENDLESS, KILLED])
def test_an_endless_loop_that_had_its_time_is_final_however_long_it_waited(run: Observation) -> None:
    busy = Busy(run)
    sandbox = PatientSandbox(busy, again=True)
    sandbox.run(JOB)
    assert (sandbox.kept_waiting, busy.had) == (0.0, [10.0])


def test_one_that_was_kept_waiting_is_run_once_more_with_the_time_that_it_lost() -> None:
    busy = Busy(LATE, ENDED)
    sandbox = PatientSandbox(busy, again=True)
    assert sandbox.run(JOB).observation is ENDED
    assert sandbox.kept_waiting == 0
    assert busy.had == [10.0, pytest.approx(10 / 0.6)]
    assert sandbox.job is not None
    assert (sandbox.job.limits.wall_s, sandbox.job.limits.own_s) == (busy.had[1], 10.0)


def test_with_more_time_it_had_its_own_although_it_waited_again() -> None:
    late = Observation(events=(), outcome=Outcome.TIMEOUT, duration_s=17.0, waited_s=6.8, lacked_time=True)
    sandbox = PatientSandbox(Busy(LATE, late), again=True)
    sandbox.run(JOB)
    assert sandbox.kept_waiting == 0


def test_where_others_take_too_much_the_result_is_not_final() -> None:
    worse = Observation(events=(), outcome=Outcome.TIMEOUT, duration_s=20.0, waited_s=16.0, lacked_time=True)
    busy = Busy(worse, worse)
    sandbox = PatientSandbox(busy, again=True)
    sandbox.run(JOB)
    assert (sandbox.kept_waiting, busy.had) == (0.8, [10.0, 20.0])
    assert in_words(0.8) == (
        "It ran out of time while other programs of this machine kept it waiting, for about 80 % of its time. So this "
        "result is not final: grade it again when the machine is less busy. If it runs out of time then, too, look for "
        "a loop that does not end."
    )


def test_in_a_batch_it_is_not_tried_again_at_once() -> None:
    busy = Busy(LATE)
    sandbox = PatientSandbox(busy, again=False)
    sandbox.run(JOB)
    assert (sandbox.kept_waiting, busy.had) == (0.4, [10.0])
    again = PatientSandbox(Busy(ENDED), again=False)
    again.run(JOB, more_time=more_time_for(0.4))
    assert again.kept_waiting == 0


def test_a_second_run_has_more_of_its_own_time() -> None:
    late = Observation(events=(), outcome=Outcome.TIMEOUT, duration_s=3.5, waited_s=1.4, lacked_time=True)
    busy = Busy(late, ENDED)
    PatientSandbox(busy, again=True).run(JOB, within_s=3.0)
    assert busy.had == [3.0, pytest.approx(5.0)]


def test_calls_that_were_left_out_lacked_time_too() -> None:
    ended = Observation(events=(), outcome=Outcome.COMPLETED, duration_s=4.0, waited_s=1.0, lacked_time=True)
    assert share_waited(ended, 4.0) == 0.25
    assert share_waited(Observation(events=(), outcome=Outcome.TIMEOUT, lacked_time=True), 4.0) == 0
