"""What the processes of a run use together, with sizes made by hand: a look takes no longer than it may."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from grader.runtime.server import usage
from grader.runtime.server.usage import Usage

MIB = 1024**2
LIMITS = {"memory_bytes": 100 * MIB, "disk_bytes": MIB}


class Clock:
    """A second passes whenever the memory of a process is measured."""

    def __init__(self) -> None:
        self.now = 0.0
        self.measured: list[int] = []

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(usage, "time", clock)
    return clock


def sizes(monkeypatch: pytest.MonkeyPatch, clock: Clock, *, in_full: int, shared: int, step_s: float) -> None:
    """Each process has ``in_full`` bytes; measuring that it shares all but ``shared`` takes ``step_s``."""

    def share(pid: int) -> int:
        clock.now += step_s
        clock.measured.append(pid)
        return shared

    monkeypatch.setattr(usage, "_memory", lambda pid: MIB if pid == os.getpid() else in_full)
    monkeypatch.setattr(usage, "_share", share)


def test_a_slow_look_goes_on_where_it_stopped(monkeypatch: pytest.MonkeyPatch, clock: Clock, tmp_path: Path) -> None:
    sizes(monkeypatch, clock, in_full=20 * MIB, shared=MIB, step_s=0.05)
    looks = Usage(str(tmp_path), LIMITS, alone=True)
    for expected in ([101], [101, 102], [101, 102, 103]):
        assert looks.exceeded(range(101, 111)) is None
        assert clock.measured == expected


def test_a_part_that_exceeds_the_limit_is_enough(monkeypatch: pytest.MonkeyPatch, clock: Clock, tmp_path: Path) -> None:
    sizes(monkeypatch, clock, in_full=60 * MIB, shared=60 * MIB, step_s=0.05)
    looks = Usage(str(tmp_path), LIMITS, alone=True)
    assert looks.exceeded(range(101, 161)) is None
    found = looks.exceeded(range(101, 161))
    assert found is not None
    assert found.outcome == "memory"
    assert clock.measured == [101, 102]


def test_what_has_ended_counts_no_more(monkeypatch: pytest.MonkeyPatch, clock: Clock, tmp_path: Path) -> None:
    sizes(monkeypatch, clock, in_full=60 * MIB, shared=60 * MIB, step_s=0.05)
    looks = Usage(str(tmp_path), LIMITS, alone=True)
    assert looks.exceeded([101, 102]) is None
    assert looks.exceeded([102]) is None


def test_what_takes_too_long_to_measure_counts_in_full(
    monkeypatch: pytest.MonkeyPatch, clock: Clock, tmp_path: Path
) -> None:
    sizes(monkeypatch, clock, in_full=20 * MIB, shared=MIB, step_s=0.4)
    looks = Usage(str(tmp_path), LIMITS, alone=True)
    found = [looks.exceeded(range(101, 161)) for _ in range(3)]
    assert found[:2] == [None, None]
    assert found[2] is not None


def test_files_are_counted_after_a_slow_look_at_memory(
    monkeypatch: pytest.MonkeyPatch, clock: Clock, tmp_path: Path
) -> None:
    sizes(monkeypatch, clock, in_full=30 * MIB, shared=MIB, step_s=0.05)
    (tmp_path / "large").write_bytes(bytes(2 * MIB))
    looks = Usage(str(tmp_path), LIMITS, alone=False)
    found = [looks.exceeded([101, 102, 103, 104]) for _ in range(5)]
    assert found[:4] == [None] * 4
    assert found[4] is not None
    assert found[4].outcome == "output"
