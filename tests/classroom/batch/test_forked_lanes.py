"""Lanes that share what they import, in a batch as its users run it."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

from grader.sandbox import bubblewrap, seccomp
from tests.helpers.class_of import SLOW, Class, end, pool_processes_of
from tests.sandbox.workers import descendants, eventually, is_running

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="namespaces are a part of Linux")

SHARED = "lane_forker"


def command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""


def lanes_of(batch: int) -> list[int]:
    """The lanes that were forked, once they are."""
    forkers = [pid for pid in pool_processes_of(batch) if SHARED in command_of(pid)]
    return [pid for forker in forkers for pid in pool_processes_of(forker) if SHARED in command_of(pid)]


def test_a_lane_that_dies_is_replaced_and_with_the_batch_all_processes_end(real: Class) -> None:
    if (missing := bubblewrap.diagnose() or seccomp.diagnose()) is not None:
        pytest.skip(missing)
    real.hand_in({f"s{number}.py": f"n = {number}\n{SLOW}" for number in range(4)})
    process = real.start_batch("--jobs", 2, "--log-file", "log")
    real.wait_for(1)
    lanes = lanes_of(process.pid)
    assert len(lanes) == 2, (real.folder / "log").read_text()
    os.kill(lanes[1], signal.SIGKILL)
    # The other one goes on, and one that imports by itself comes in its place.
    assert eventually(lambda: len(pool_processes_of(process.pid)) == 2)
    real.wait_for(2)
    family = list(descendants(process.pid))
    assert lanes[0] in family
    end(process, signal.SIGKILL)
    assert eventually(lambda: not any(map(is_running, family)), 30)
    assert {score for score in real.scores().values() if score} == {4}
