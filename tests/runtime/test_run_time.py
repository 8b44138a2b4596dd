"""The time of a run, from what the kernel says of its processes: made by hand, and once of a real process."""

from __future__ import annotations

import os
import sys
import time

import pytest

from grader.runtime.server import run_time
from grader.runtime.server.run_time import RunTime, Waited

CHILD = 100


class Machine:
    """Says what the kernel would say. Looks are a tenth of a second apart."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = self.worker_s = 0.0
        self.processes: dict[int, run_time._Counts] = {}
        self.lowered: list[int] = []
        monkeypatch.setattr(run_time, "_look_at", self.processes.get)
        monkeypatch.setattr(run_time, "lower_priority", self.lowered.append)
        monkeypatch.setattr(run_time, "time", self)
        monkeypatch.setattr(os, "cpu_count", lambda: 2)
        self.run = RunTime(CHILD)

    def monotonic(self) -> float:
        return self.now

    def process_time(self) -> float:
        return self.worker_s

    def has(
        self,
        pid: int,
        own_s: float,
        *,
        waited_s: float = 0.0,
        children_s: float = 0.0,
        began: int = 1,
        runs: bool = True,
        priority: tuple[int, ...] = (0, 0, 0),
        threads: int = 1,
    ) -> None:
        self.processes[pid] = run_time._Counts(
            began=began,
            own_s=own_s,
            children_s=children_s,
            runs=runs,
            threads=threads,
            main=Waited(own_s, waited_s),
            priority=priority,
        )

    def look(self) -> None:
        self.run.look(list(self.processes))
        self.now += 0.1


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(monkeypatch)


def test_the_time_of_all_processes_is_added_up(machine: Machine) -> None:
    for step in range(11):
        machine.has(CHILD, 0.1 * step)
        machine.has(101, 0.08 * step)
        machine.look()
    assert machine.run.used_s == pytest.approx(1.8)


def test_what_its_parent_waited_for_counts_once(machine: Machine) -> None:
    machine.has(CHILD, 0.0)
    machine.has(101, 0.0)
    machine.look()
    machine.has(101, 0.1)
    machine.look()
    del machine.processes[101]
    machine.has(CHILD, 0.0, children_s=0.2)
    machine.look()
    assert machine.run.used_s == pytest.approx(0.2)


def test_processes_that_nobody_waits_for_count_by_what_runs_at_a_look(machine: Machine) -> None:
    machine.has(CHILD, 0.0, runs=False)
    for step in range(11):
        machine.has(200 + step, 0.01)
        machine.processes.pop(199 + step, None)
        machine.look()
    assert machine.run.used_s == pytest.approx(1.0)


def test_further_processes_get_the_lowest_priority_once_each(machine: Machine) -> None:
    machine.has(CHILD, 0.0)
    machine.has(101, 0.0)
    machine.look()
    machine.look()
    machine.has(101, 0.0, began=2)  # another process with its number
    machine.look()
    assert machine.lowered == [101, 101]


def test_it_was_kept_waiting_by_others(machine: Machine) -> None:
    for step in range(11):
        machine.has(CHILD, 0.06 * step, waited_s=0.04 * step)
        machine.look()
    assert machine.run.waited_s == pytest.approx(0.4)


@pytest.mark.parametrize("lower", [(19, 0, 0), (0, 5, 0), (0, 0, 19)], ids=["nice", "policy", "group"])
def test_it_was_not_kept_waiting_if_it_gave_way(machine: Machine, lower: tuple[int, ...]) -> None:
    for step in range(11):
        machine.has(CHILD, 0.06 * step, waited_s=0.04 * step, priority=lower if step == 5 else (0, 0, 0))
        machine.look()
    assert machine.run.waited_s == 0


def test_waiting_for_its_own_processes_is_its_own_loss(machine: Machine) -> None:
    for step in range(11):
        machine.has(CHILD, 0.05 * step, waited_s=0.05 * step)
        machine.has(101, 0.05 * step, waited_s=0.05 * step)
        machine.look()
    assert machine.run.waited_s == pytest.approx(0.0)


def test_waiting_for_the_worker_that_looks_at_it_is_its_own_loss(machine: Machine) -> None:
    for step in range(11):
        machine.has(CHILD, 0.05 * step, waited_s=0.05 * step)
        machine.look()
    machine.worker_s = 0.3
    assert machine.run.waited_s == pytest.approx(0.2)


def test_with_many_processes_it_keeps_itself_waiting(machine: Machine) -> None:
    for step in range(11):
        machine.has(CHILD, 0.05 * step, waited_s=0.05 * step)
        machine.processes.pop(298 + 2 * step, None)
        machine.has(300 + 2 * step, 0.0, runs=False)
        machine.has(301 + 2 * step, 0.0, runs=False)
        machine.look()
    assert machine.run.waited_s == 0


@pytest.mark.parametrize(("threads", "waited_s"), [(16, 0.5), (17, 0.0)])
def test_so_it_does_with_many_threads(machine: Machine, threads: int, waited_s: float) -> None:
    for step in range(11):
        machine.has(CHILD, 0.05 * step, waited_s=0.05 * step, threads=threads)
        machine.look()
    assert machine.run.waited_s == pytest.approx(waited_s)


def test_the_wait_of_a_process_that_it_waits_for_counts(machine: Machine) -> None:
    """As of those that load data, with the lowest priority."""
    for step in range(11):
        machine.has(CHILD, 0.0, runs=False)
        machine.has(101, 0.01 * step, waited_s=0.09 * step)
        machine.look()
    assert machine.run.waited_s == pytest.approx(0.9)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not count this")
def test_of_a_real_process_the_kernel_says_what_it_used_and_at_which_priority() -> None:
    child = os.fork()
    if child == 0:
        os.nice(3)
        while time.process_time() < 0.05:
            pass
        os._exit(0)
    try:
        run = RunTime(child)
        run.look([child])
        os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
        run.look([child])
        assert 0 < run.used_s < 10
        assert run.waited_s >= 0
        looked_at = run_time._look_at(child)
        assert looked_at is not None
        assert looked_at.priority[:2] == (os.nice(0) + 3, os.SCHED_OTHER)
    finally:
        os.waitpid(child, 0)
