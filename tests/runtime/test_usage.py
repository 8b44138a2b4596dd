"""What the processes of a run use together, with sizes made by hand: a look takes no longer than it may."""

from __future__ import annotations

import os
import socket
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest

from grader.runtime.server import usage
from grader.runtime.server.usage import Usage

MIB = 1024**2
LIMITS = {"memory_bytes": 100 * MIB, "disk_bytes": MIB}


class Clock:
    """Time as the test wants it."""

    now = 0.0

    def monotonic(self) -> float:
        return self.now

    def thread_time(self) -> float:
        return self.now


class Measuring:
    """In place of the thread that measures, and gets on as far as the test lets it."""

    started: list[Measuring]

    def __init__(self, *, target: object, args: tuple[Sequence[int], dict[int, int]], daemon: bool) -> None:
        self.pids, self.shares = args
        self.ended = False

    def start(self) -> None:
        self.started.append(self)

    def is_alive(self) -> bool:
        return not self.ended

    def join(self, timeout: float) -> None: ...

    def measure(self, number: int, size: int) -> None:
        for pid in self.pids[len(self.shares) :][:number]:
            self.shares[pid] = size


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Each process has 60 MiB, of which it may share some; the worker has one."""
    clock = Clock()
    Measuring.started = []
    monkeypatch.setattr(usage, "time", clock)
    monkeypatch.setattr(usage, "Thread", Measuring)
    monkeypatch.setattr(usage, "_memory", lambda pid: MIB if pid == os.getpid() else 60 * MIB)
    return clock


PIDS = range(101, 161)


def test_a_look_does_not_wait_for_what_is_slow_to_measure(clock: Clock, tmp_path: Path) -> None:
    looks = Usage(str(tmp_path), LIMITS, alone=False)
    assert looks.exceeded(PIDS) is None
    (measuring,) = Measuring.started
    measuring.measure(50, MIB)
    assert looks.exceeded(PIDS) is None
    assert not looks.has_settled(0.0)  # until then the worker must not fork
    measuring.measure(10, MIB)
    measuring.ended = True
    assert looks.exceeded(PIDS) is None
    assert looks.has_settled(0.0)
    assert len(Measuring.started) == 1
    looks.exceeded(PIDS)
    assert len(Measuring.started) == 2


def test_a_part_that_exceeds_the_limit_is_enough(clock: Clock, tmp_path: Path) -> None:
    looks = Usage(str(tmp_path), LIMITS, alone=False)
    assert looks.exceeded(PIDS) is None
    Measuring.started[0].measure(2, 60 * MIB)
    found = looks.exceeded(PIDS)
    assert found is not None
    assert found.outcome == "memory"


def test_what_has_ended_counts_no_more(clock: Clock, tmp_path: Path) -> None:
    looks = Usage(str(tmp_path), LIMITS, alone=False)
    assert looks.exceeded(PIDS) is None
    Measuring.started[0].measure(2, 60 * MIB)
    assert looks.exceeded(PIDS[1:]) is None


def test_what_takes_too_long_to_measure_counts_in_full(clock: Clock, tmp_path: Path) -> None:
    looks = Usage(str(tmp_path), LIMITS, alone=False)
    assert looks.exceeded(PIDS) is None
    clock.now = usage.MEASURE_S + 0.1
    assert looks.exceeded(PIDS) is not None


def test_a_process_that_holds_the_measuring_up_is_not_waited_for_twice(clock: Clock, tmp_path: Path) -> None:
    looks = Usage(str(tmp_path), LIMITS, alone=False)
    assert looks.exceeded(PIDS) is None
    clock.now = usage.MEASURE_S + 0.1
    assert looks.exceeded([PIDS[0]]) is None  # all others have ended meanwhile
    assert looks.exceeded(PIDS) is not None
    assert len(Measuring.started) == 1


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="/proc is a part of Linux")
def test_pipes_and_sockets_are_counted_once(clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looks = Usage(str(tmp_path), LIMITS, alone=False)
    twice = [os.getpid()] * 2
    monkeypatch.setattr(usage, "MAX_BUFFERS", len(usage._buffers(os.getpid())) + 3)
    with ExitStack() as opened:
        for _ in range(3):
            for end in os.pipe():
                opened.callback(os.close, end)
        assert looks.exceeded(twice) is None
        for end in socket.socketpair():
            opened.enter_context(end)
        found = looks.exceeded(twice)
        assert found is not None
        assert found.outcome == "memory"
    assert Usage(str(tmp_path), LIMITS, alone=False).exceeded(twice) is None


def test_where_no_thread_can_be_started_all_counts_in_full(
    clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: Measuring) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(Measuring, "start", fail)
    looks = Usage(str(tmp_path), LIMITS, alone=False)
    found = looks.exceeded(PIDS)
    assert found is not None
    assert found.outcome == "memory"
    assert looks.has_settled(0.0)


def test_files_are_counted_after_a_slow_look_at_memory(clock: Clock, tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(bytes(2 * MIB))
    looks = Usage(str(tmp_path), LIMITS, alone=False)
    assert looks.exceeded(PIDS) is None
    Measuring.started[0].measure(60, MIB)
    Measuring.started[0].ended = True
    found = looks.exceeded(PIDS)
    assert found is not None
    assert found.outcome == "output"
