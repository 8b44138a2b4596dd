"""Limits that count the time that a submission had, with a stand-in for the kernel's counts and for the alarm."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from grader.runtime.execute import clock
from grader.runtime.execute.clock import Clock, Counts, Scheduling, Stopped


class Machine:
    """Gives the submission a share of the processor. ``alarms`` are the seconds for which the alarm was set."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 100.0
        self.ran_s = self.waited_s = 0.0
        self.alarms: list[float] = []
        self.busy = self.is_capturing = False  # of the stream
        fake = SimpleNamespace(SIGALRM=0, ITIMER_REAL=0, signal=lambda *_: None, setitimer=self._set)
        monkeypatch.setattr(clock, "signal", fake)
        monkeypatch.setattr(clock, "time", SimpleNamespace(monotonic=lambda: self.now))

    def _set(self, which: int, seconds: float, interval: float = 0.0) -> None:
        self.alarms.append(seconds)

    def counts(self) -> Counts:
        return Counts(self.ran_s, self.waited_s)

    def passes(self, seconds: float, *, waited: float = 0.0, slept: float = 0.0) -> None:
        self.now += seconds
        self.waited_s += waited
        self.ran_s += seconds - waited - slept

    def clock(self, seconds: float, lasts_s: float | None = None) -> Clock:
        this: Any = self
        return Clock(seconds, this, this, until=None if lasts_s is None else self.now + lasts_s)


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(monkeypatch)


def ring(running: Clock) -> None:
    running._ring(0, None)


@pytest.fixture
def statement(machine: Machine) -> Iterator[Clock]:
    """In a statement that may take 2 s, of a run that may last 9 s."""
    running = machine.clock(4.0, 9.0)
    with running.limit(2.0):
        yield running


def test_what_had_its_time_is_stopped(machine: Machine, statement: Clock) -> None:
    machine.passes(2.0)
    with pytest.raises(Stopped):
        ring(statement)
    assert not statement.lacked_time


@pytest.mark.parametrize("occupied", ["busy", "is_capturing"])
def test_neither_a_frame_nor_output_is_interrupted_half_way(machine: Machine, statement: Clock, occupied: str) -> None:
    machine.passes(2.0)
    setattr(machine, occupied, True)
    ring(statement)
    setattr(machine, occupied, False)
    with pytest.raises(Stopped):
        ring(statement)


def test_what_was_kept_waiting_goes_on_for_as_long(machine: Machine, statement: Clock) -> None:
    machine.passes(2.0, waited=1.0)
    ring(statement)
    assert machine.alarms == [2.0, 1.0]
    machine.passes(1.0, waited=0.5)
    ring(statement)
    machine.passes(0.5)
    with pytest.raises(Stopped):
        ring(statement)
    assert not statement.lacked_time
    assert statement.left() == pytest.approx(2.0)


def test_but_not_at_the_cost_of_what_follows(machine: Machine, statement: Clock) -> None:
    machine.passes(2.0, waited=1.9)
    ring(statement)
    assert machine.alarms[-1] == pytest.approx(1.9)
    machine.passes(4.0, waited=3.9)
    with pytest.raises(Stopped):
        ring(statement)
    assert statement.lacked_time


def test_of_what_slept_it_is_not_known_whether_it_had_its_time(machine: Machine, statement: Clock) -> None:
    machine.passes(2.0, slept=1.5)
    with pytest.raises(Stopped):
        ring(statement)
    assert statement.lacked_time


def test_nothing_is_stopped_while_a_frame_is_written(machine: Machine, statement: Clock) -> None:
    machine.busy = True
    machine.passes(2.0)
    ring(statement)


@pytest.mark.parametrize(("waited_s", "lacked_time"), [(0.0, False), (4.0, True)])
def test_what_is_left_out_lacked_time_where_the_run_had_not_had_its_own(
    machine: Machine, waited_s: float, lacked_time: bool
) -> None:
    running = machine.clock(5.0, 5.0)
    machine.passes(4.95, waited=waited_s)
    assert running.is_over(0.1)
    assert running.lacked_time is lacked_time


def test_where_nothing_is_counted_time_is_that_of_the_clock(machine: Machine) -> None:
    running = machine.clock(4.0)
    with running.limit(2.0):
        machine.now += 2.0
        with pytest.raises(Stopped):
            ring(running)
    assert (running.left(), running.lacked_time) == (2.0, True)


def test_the_kernel_counts_the_time_of_this_process() -> None:
    before = Scheduling().counts()
    sum(range(100_000))
    after = Scheduling().counts()
    assert after.ran_s >= before.ran_s >= 0
    assert after.waited_s >= before.waited_s >= 0
